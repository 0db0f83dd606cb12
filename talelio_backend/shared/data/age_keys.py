"""Public keys of age (https://age-encryption.org/v1): bech32 with a checksum, so that a typing
error is found before a night's backup is sealed for nobody."""


def is_recipient(value: str) -> bool:
    import pyrage  # compiled, and of no use where there are no recipients
    try:
        pyrage.x25519.Recipient.from_str(value)
    except pyrage.RecipientError:
        return False
    return True
