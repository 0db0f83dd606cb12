import json
from dataclasses import replace

from benchmarks.cases import ARTICLE, PER_SECOND, Bar
from benchmarks.options import MARKDOWN
from benchmarks.rounds import Figures
from benchmarks.table import Report, Row, as_json, as_text, needed, printed

FIGURES = Figures(per_second=1200,
                  ratio=0.25,
                  p50=11.7,
                  p99=17.1,
                  processor=0.56,
                  generator=0.3,
                  memory=100,
                  unexpected=0.015)
ROW = Row(case=ARTICLE,
          server='talelio',
          rows=1000,
          figures=FIGURES,
          statements=1,
          bar=Bar(least=0.4))
SIGNED_IN = replace(ROW, case='signed in', bar=Bar(least=0.7, of=ARTICLE))
LOGIN = replace(ROW, case='login', bar=Bar(least=75, of=PER_SECOND))
OTHER = replace(ROW, server='other', statements=None, bar=None)
REPORT = Report(rows=[ROW, SIGNED_IN, LOGIN, OTHER],
                references=[replace(FIGURES, per_second=4800, ratio=1)],
                generator='own',
                memory_at_start=90.4,
                memory_at_end=None,
                processes=3,
                database='18.4')


def test_bar_stands_in_the_unit_of_this_run() -> None:
    assert needed(ROW, REPORT.rows) == 0.4
    assert needed(LOGIN, REPORT.rows) == 75
    assert needed(SIGNED_IN, REPORT.rows) == 0.7 * 0.25
    assert needed(SIGNED_IN, [SIGNED_IN]) is None
    assert needed(OTHER, REPORT.rows) is None


def test_table_tells_every_figure() -> None:
    lines = as_text(REPORT).splitlines()
    assert lines[1].split() == [
        'GET', 'article', 'talelio', '1,000', '1,200', '0.250', '0.400', '11.7', '17.1', '0.56',
        '1', '100', '1.50%'
    ]
    assert lines[3].split()[5] == '75/s'
    assert '–' in lines[4].split()
    assert '90 MiB at the start, – MiB after' in as_text(REPORT)
    assert 'own, at most 30% of one core' in as_text(REPORT)


def test_document_has_the_same_rows() -> None:
    lines = printed(REPORT, MARKDOWN).splitlines()
    assert lines[1] == '| --- | --- |' + ' ---: |' * 10
    assert lines[2].startswith('| GET article | talelio | 1,000 | 1,200 | 0.250 | 0.400 | 11.7 |')
    assert [line[:2] for line in lines[:6]] == ['| '] * 6


def test_generator_that_limits_is_told() -> None:
    busy = replace(REPORT, references=[replace(FIGURES, generator=0.97)])
    assert 'LIMITS' in as_text(busy) and 'LIMITS' not in as_text(REPORT)


def test_machines_read_the_same() -> None:
    read = json.loads(as_json(REPORT))
    assert [case['case'] for case in read['cases']] == [row.case for row in REPORT.rows]
    assert read['cases'][0]['ratio'] == 0.25 and read['cases'][0]['bar'] == 0.4
    assert read['memory_mib'] == {'start': 90.4, 'end': None}
    assert read['machine']['PostgreSQL'] == '18.4'
