"""Each row speaks of the metric, the group or the part that a careful reader would say, or of nothing."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from index.build import read_report
from index.figures import Figure, read_tables
from index.lexicon import bundled_lexicon

HEAD = "---\nstock_code: 9999.HK\ncompany: Tiny\nyear: 2023\nlanguage: {language}\n---\n\n# KPI {{#kpi}}\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A table and what its figures speak of: "metric group per = value unit", "part of metric: label = value"."""

    rule: str
    source: str
    says: str
    language: str = "en"


def said(figure: Figure) -> str:
    whole = "+".join(figure.metrics) or "?"
    words = [f"part of {'+'.join(figure.part_of)}: {figure.part}" if figure.part else whole]
    words += [member for _, member in figure.members]
    words += [figure.per] if figure.per else []
    return " ".join([*words, "=", str(figure.value), *([figure.unit] if figure.unit else [])])


READINGS = (
    Reading(
        rule="a label with words of its own under a caption names a part, and the total stays the total",
        source="""\
Employees by region

| Region | 2023 |
|---|---|
| Hong Kong | 100 |
| Mainland: Greater Bay Area cities | 300 |
| Mainland: other cities | 200 |
| Total | 600 |
""",
        says="""\
employees_total hong_kong = 100 person
employees_total greater_bay_area = 300 person
part of employees_total: Mainland: other cities mainland = 200 person
employees_total = 600 person
""",
    ),
    Reading(
        rule="segments without a total beside them are parts",
        source="""\
| Indicator | Unit | 2023 |
|---|---|---|
| Water consumption by site | | |
| Huizhou plant | m³ | 500 |
| Head office | m³ | 20 |
| Number of employees by business segment | | |
| Retail division | persons | 80 |
""",
        says="""\
water_total huizhou = 500 m3
part of water_total: Head office = 20 m3
part of employees_total: Retail division = 80 person
""",
    ),
    Reading(
        rule="segments as columns are parts, and the group's total is the whole",
        source=(
            "<table><tr><th rowspan=2>KPI</th><th colspan=2>Retail division</th><th colspan=2>Group total</th></tr>"
            "<tr><th>2023</th><th>2022</th><th>2023</th><th>2022</th></tr>"
            "<tr><td>Total GHG emissions (tCO2e)</td><td>5</td><td>6</td><td>50</td><td>60</td></tr></table>\n"
        ),
        says="""\
part of ghg_total: Retail division = 5 tCO2e
part of ghg_total: Retail division = 6 tCO2e
ghg_total = 50 tCO2e
ghg_total = 60 tCO2e
""",
    ),
    Reading(
        rule="a sector that shares its name with a metric is a part of what the caption measures",
        language="zh-Hant",
        source="""\
表3 融資排放（千噸二氧化碳當量）

| 行業 | 2023年 |
|---|---|
| 電力 | 1,126 |
| 航運 | 158 |
| 合計 | 1,284 |
""",
        says="""\
part of ghg_scope_3_c15: 電力 = 1126 thousand tCO2e
part of ghg_scope_3_c15: 航運 = 158 thousand tCO2e
ghg_scope_3_c15 = 1284 thousand tCO2e
""",
    ),
    Reading(
        rule="grades with names of their own are parts, also where a name is another metric's",
        source="""\
Average training hours by employee grade (hours)

| Grade | 2023 |
|---|---|
| Grade A to C | 12 |
| Director grade or above | 30 |
| Middle management | 20 |
""",
        says="""\
part of training_hours_average: Grade A to C = 12 hour
part of training_hours_average: Director grade or above = 30 hour
training_hours_average middle_management = 20 hour
""",
    ),
    Reading(
        rule="a total above reaches over groups of people, never over another measure or unit",
        source="""\
| Indicator | Unit | 2023 |
|---|---|---|
| Green loan balance | HK$ million | 2,200 |
| Female representation | % | 30 |
| Total GHG emissions | tCO2e | 7 |
| Workforce by employment type | | |
| Full-time | persons | 50 |
""",
        says="""\
green_loans = 2200 million HKD
? female = 30 %
ghg_total = 7 tCO2e
employees_total full_time = 50 person
""",
    ),
    Reading(
        rule="rows of the same labels under two totals are told apart by them",
        source="""\
| Indicator | Unit | 2023 |
|---|---|---|
| Hazardous waste | tonnes | 10 |
| – recycled | tonnes | 5 |
| Non-hazardous waste | tonnes | 100 |
| – recycled | tonnes | 50 |
""",
        says="""\
hazardous_waste = 10 t
part of waste_recycled: Hazardous waste = 5 t
non_hazardous_waste = 100 t
part of waste_recycled: Non-hazardous waste = 50 t
""",
    ),
    Reading(
        rule="rows of the same labels are told apart by the words in their column of units",
        source=(
            "<table><tr><th>Indicator</th><th>Unit</th><th>2023</th><th>2022</th></tr>"
            "<tr><td rowspan=2>Women</td><td>% of board</td><td>30</td><td>25</td></tr>"
            "<tr><td>% of senior management</td><td>31</td><td>29</td></tr></table>\n"
        ),
        says="""\
? female = 30 %
? female = 25 %
? female senior_management = 31 %
? female senior_management = 29 %
""",
    ),
    Reading(
        rule="a bare intensity divides the amount above it where nothing else of its kind stands there",
        source="""\
| | Unit | 2023 |
|---|---|---|
| Total water consumption | m³ | 1,000 |
| Intensity | m³/employee | 2.0 |
| Scope 1 | tCO2e | 5 |
| Scope 2 | tCO2e | 6 |
| Intensity | tCO2e/employee | 0.1 |
""",
        says="""\
water_total = 1000 m3
water_total per_employee = 2.0 m3/person
ghg_scope_1 = 5 tCO2e
ghg_scope_2 = 6 tCO2e
? per_employee = 0.1 tCO2e/person
""",
    ),
    Reading(
        rule="what a rate is counted per is no measure, and no unit, of its own",
        source="""\
| Indicator | 2023 |
|---|---|
| Lost-time injury rate (per million hours worked) | 0.48 |
| Total recordable incident rate (per 200,000 hours worked) | 0.8 |
| Work injury rate per 1,000 employees | 2.1 |
| Lost days per million hours worked | 11 |
""",
        says="ltifr = 0.48\ntrir = 0.8\ninjury_rate = 2.1\nlost_day_rate = 11\n",
    ),
    Reading(
        rule="cells in two languages say one thing",
        language="zh-Hant",
        source="""\
| 指標 Indicator | 單位 Unit | 2023年 | 2022年 |
|---|---|---|---|
| 範圍一溫室氣體排放 Scope 1 GHG emissions | 公噸二氧化碳當量 tCO2e | 100 | 110 |
| 女性 Female | 人 persons | 200 | 190 |
""",
        says="ghg_scope_1 = 100 tCO2e\nghg_scope_1 = 110 tCO2e\n? female = 200 person\n? female = 190 person\n",
    ),
    Reading(
        rule="ages are read by their signs where ages are spoken of",
        language="zh-Hant",
        source="| 員工流失比率 | 2023 | 2022 |\n|---|---|---|\n| ＜30歲 | 20% | 21% |\n| ≥50 | 5% | 6% |\n",
        says="turnover_rate -30 = 20 %\nturnover_rate -30 = 21 %\nturnover_rate 50- = 5 %\nturnover_rate 50- = 6 %\n",
    ),
    Reading(
        rule="a share says not of what: beside suppliers it is no share of employees",
        language="zh-Hant",
        source="| 地區 | 供應商數目 | 佔比 |\n|---|---|---|\n| 香港 | 60 | 30% |\n",
        says="suppliers_total hong_kong = 60\n? hong_kong = 30 %\n",
    ),
    Reading(
        rule="people in parentheses bound a row that is then a part",
        source="""\
| Health and safety | 2023 |
|---|---|
| Work-related fatalities | 0 |
| Work-related fatalities (contractors) | 1 |
""",
        says="work_fatalities = 0 person\npart of work_fatalities: Work-related fatalities (contractors) = 1 person\n",
    ),
    Reading(
        rule="a label that names people and a group counts them under headings that say nothing else",
        source="""\
| | 2023 |
|---|---|
| **Social** | |
| Employees | 10 |
| of which female | 4 |
| Retirees supported | 7 |
""",
        says="employees_total = 10 person\nemployees_total female = 4 person\n? = 7\n",
    ),
    Reading(
        rule="a group of people that is a metric of its own is a group of another measure",
        source="""\
| Indicator | Unit | 2023 |
|---|---|---|
| Average training hours by employment type | | |
| Full-time employees | hours | 12 |
| Part-time employees | hours | 3 |
""",
        says="training_hours_average full_time = 12 hour\ntraining_hours_average part_time = 3 hour\n",
    ),
)


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.rule)
def test_each_row_speaks_of_what_a_careful_reader_says(reading: Reading, tmp_path: Path) -> None:
    path = tmp_path / "tiny.md"
    path.write_text(HEAD.format(language=reading.language) + reading.source, encoding="utf-8")
    figures = read_tables(read_report(path), bundled_lexicon()).figures
    assert "\n".join(said(figure) for figure in figures) == reading.says.strip("\n")


def test_a_part_never_answers_for_its_whole(tmp_path: Path) -> None:
    path = tmp_path / "tiny.md"
    path.write_text(HEAD.format(language="en") + READINGS[1].source, encoding="utf-8")
    figures = read_tables(read_report(path), bundled_lexicon()).figures
    assert all(not figure.metrics and figure.part in figure.labels for figure in figures if figure.part_of)
