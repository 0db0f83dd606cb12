import pytest

from talelio_backend.app_library.domain.language import NoLanguageTag, language_tag


@pytest.mark.parametrize(('sent', 'kept'), [
    ('en', 'en'),
    ('FI', 'fi'),
    ('en-gb', 'en-GB'),
    ('ZH-HANT-tw', 'zh-Hant-TW'),
    ('sr-latn', 'sr-Latn'),
    ('es-419', 'es-419'),
    ('sl-rozaj-BISKE-1994', 'sl-rozaj-biske-1994'),
    ('de-CH-1901', 'de-CH-1901'),
    ('zh-cmn-hans-cn', 'zh-cmn-Hans-CN'),
    ('zh-yue-hk', 'zh-yue-HK'),
    ('hy-Latn-IT-arevela', 'hy-Latn-IT-arevela'),
    ('de-CH-x-Phonebk', 'de-CH-x-phonebk'),
    ('az-arab-x-AZE-derbend', 'az-Arab-x-aze-derbend'),
    ('en-US-u-islamcal', 'en-US-u-islamcal'),
    ('en-a-myext-b-ANOTHER', 'en-a-myext-b-another'),
    ('zh-CN-a-myext-x-private', 'zh-CN-a-myext-x-private'),
    ('en-u-CA-buddhist-x-US', 'en-u-ca-buddhist-x-us'),
    ('x-Whatever', 'x-whatever'),
    ('qaa-Qaaa-QM-x-southern', 'qaa-Qaaa-QM-x-southern'),
    ('i-Klingon', 'i-klingon'),
    ('zh-min-nan', 'zh-min-nan'),
    ('en-gb-OED', 'en-GB-oed'),
    ('qabcd', 'qabcd'),
])
def test_a_well_formed_tag_is_kept_in_its_usual_case(sent: str, kept: str) -> None:
    assert language_tag(sent) == kept


@pytest.mark.parametrize('sent', [
    '', 'e', 'en-', '-en', 'en--GB', 'en_GB', 'a-DE', 'de-419-DE', 'en GB', 'en-x', 'x', 'x-',
    'en-a', 'en-ab1', 'ar-a-aaa-b', '12', 'de-1', 'en-abcdefghi', 'én', 'en-G\u0130', 'i-unknown',
    'en-GB\n', '\u212ao'
])
def test_what_is_not_well_formed_is_refused(sent: str) -> None:
    with pytest.raises(NoLanguageTag):
        language_tag(sent)
