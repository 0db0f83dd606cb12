import gc


def run() -> None:
    # What is imported stays: to look through it for garbage again and again takes a fifth of the
    # start, and for the rest of its life every process would go on looking.
    gc.disable()
    from talelio_backend.cli import main
    gc.freeze()
    gc.enable()
    main()


if __name__ == '__main__':
    run()
