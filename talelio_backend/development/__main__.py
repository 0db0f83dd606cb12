from talelio_backend.development.commands import main

if __name__ == '__main__':
    main.main(prog_name='python -m talelio_backend.development')
