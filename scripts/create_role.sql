-- The role and the database of the application, made once by a superuser of a new server: psql
-- runs it, and reads the password where it stands (DATABASE_PASSWORD, or else the secret's file),
-- so that no list of processes shows it.
\set ON_ERROR_STOP on
\set password `if [ -n "$DATABASE_PASSWORD" ]; then printf %s "$DATABASE_PASSWORD"; else cat /run/secrets/database_password; fi`
SELECT :'password' = '' AS password_is_missing \gset
\if :password_is_missing
    \warn 'DATABASE_PASSWORD is empty'
    SELECT 1 / 0;
\endif
-- A statement that fails must not stand in the log with its password.
SET log_min_error_statement = panic;
-- CREATEDB, because a restore builds its database beside the live one.
CREATE ROLE talelio LOGIN CREATEDB PASSWORD :'password';
CREATE DATABASE talelio OWNER talelio;
