"""The product's commands with one change: what production opens to all addresses, this opens to
this machine's own alone."""

from talelio_backend import cli

setattr(cli.Operator, 'host', '127.0.0.1')
cli.main()
