"""Every layout of table that issuers print is read figure by figure, or left as text with a reason."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from index.build import read_report
from index.figures import Figure, TableReading, read_tables
from index.lexicon import bundled_lexicon

HEAD = "---\nstock_code: 9999.HK\ncompany: Tiny\nyear: 2023\nlanguage: {language}\n---\n\n# {title} {{#kpi}}\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A table as an issuer prints it, and all that it says.

    A figure is written "labels = value unit @ period", with its kind, "restated", "original" or note behind it where
    it is no plain figure; labels are divided by " / ".
    """

    name: str
    source: str
    says: str
    unread: tuple[str, ...] = ()  # how each reason begins
    title: str = "KPI"
    language: str = "en"


def read(layout: Layout, tmp_path: Path) -> TableReading:
    path = tmp_path / "tiny.md"
    path.write_text(HEAD.format(language=layout.language, title=layout.title) + layout.source, encoding="utf-8")
    return read_tables(read_report(path), bundled_lexicon())


def said(figure: Figure) -> str:
    value = str(figure.value) if figure.value is not None else "—"
    unit = f" {figure.unit}" if figure.unit else ""
    words = [f"{' / '.join(figure.labels)} = {value}{unit} @ {figure.period or '?'}"]
    words += [figure.kind] if figure.kind != "value" else []
    words += [f"“{figure.words}”"] if figure.words else []
    words += ["restated"] if figure.restated else []
    words += ["original"] if figure.superseded else []
    words += [f"[{note}]" for note in figure.notes]
    return " ".join(words)


LAYOUTS = (
    Layout(
        name="pipes, years descending, unit column",
        source="""\
| Indicator | Unit | 2023 | 2022 |
|---|---|---|---|
| Scope 1 emissions | tCO2e | 1,204.5 | 1,310 |
| Water consumption | m³ | 8 120 | — |
""",
        says="""\
Scope 1 emissions = 1204.5 tCO2e @ 2023
Scope 1 emissions = 1310 tCO2e @ 2022
Water consumption = 8120 m3 @ 2023
Water consumption = — m3 @ 2022
""",
    ),
    Layout(
        name="pipes, years ascending, unit in the label",
        source="""\
| | FY2021 | FY2022 | FY2023 |
|---|---:|---:|---:|
| Diesel (litres) | 40 | 35 | N/A |
| Average training hours, hours | 10.5 | 11 | 12.25 |
""",
        says="""\
Diesel (litres) = 40 L @ 2021
Diesel (litres) = 35 L @ 2022
Diesel (litres) = — L @ 2023
Average training hours, hours = 10.5 hour @ 2021
Average training hours, hours = 11 hour @ 2022
Average training hours, hours = 12.25 hour @ 2023
""",
    ),
    Layout(
        name="tabs, Chinese financial years",
        language="zh-Hant",
        source="指標\t單位\t2023財年\t2022財年\n無害廢棄物\t噸\t12.6\t11.9\n包裝物料\t千克\t不適用\t0\n",
        says="""\
無害廢棄物 = 12.6 t @ 2023
無害廢棄物 = 11.9 t @ 2022
包裝物料 = — kg @ 2023
包裝物料 = 0 kg @ 2022
""",
    ),
    Layout(
        name="a period phrase over a row of years",
        language="zh-Hant",
        source=(
            "<table><tr><th rowspan=2>指標</th><th rowspan=2>單位</th><th colspan=2>截至三月三十一日止年度</th></tr>"
            "<tr><th>2023</th><th>2022</th></tr><tr><td>耗水量</td><td>立方米</td><td>56</td><td>60</td></tr></table>\n"
        ),
        says="耗水量 = 56 m3 @ 2023\n耗水量 = 60 m3 @ 2022\n",
    ),
    Layout(
        name="whole dates of a March year end",
        language="zh-Hans",
        source="指标\t单位\t截至2023年3月31日止年度\t2021年4月1日至2022年3月31日\n员工总数\t人\t321\t300\n",
        says="员工总数 = 321 person @ 2023\n员工总数 = 300 person @ 2022\n",
    ),
    Layout(
        name="years of two calendar years",
        source="| Item | Unit | FY2022/23 | 2021/22 | FY20/21 |\n|---|---|---|---|---|\n| Paper | kg | 3 | 4 | 5 |\n",
        says="Paper = 3 kg @ 2023\nPaper = 4 kg @ 2022\nPaper = 5 kg @ 2021\n",
    ),
    Layout(
        name="year ended above years, unit stated for the table",
        source="""\
(in RMB million unless stated otherwise)

| | For the year ended 31 December 2023 | For the year ended 31 December 2022 |
|---|---|---|
| Revenue | 1,250.4 | 1,101.9 |
| Community investment | 2.5 | (0.1) |
| Number of employees | 640 | 655 |
""",
        says="""\
Revenue = 1250.4 million CNY @ 2023
Revenue = 1101.9 million CNY @ 2022
Community investment = 2.5 million CNY @ 2023
Community investment = -0.1 million CNY @ 2022
Number of employees = 640 person @ 2023
Number of employees = 655 person @ 2022
""",
    ),
    Layout(
        name="a caption that is nothing but a unit",
        language="zh-Hant",
        source="人民幣千元\n\n| 項目 | 2022年 | 2023年 |\n|---|---|---|\n| 社區捐款 | 100 | 120 |\n",
        says="社區捐款 = 100 thousand CNY @ 2022\n社區捐款 = 120 thousand CNY @ 2023\n",
    ),
    Layout(
        name="at the end of a year beside the opening of one",
        source="""\
| Headcount | As at 31 December 2023 | As at 31 December 2022 | As at 1 January 2022 |
|---|---|---|---|
| Full-time | 80 | 75 | 70 |
""",
        says="Full-time = 80 person @ 2023\nFull-time = 75 person @ 2022\n",
        unread=("no heading says which period",),
    ),
    Layout(
        name="year over gender, in HTML",
        source=(
            '<table><thead><tr><th rowspan="2">Indicator</th><th colspan="2">2023</th><th colspan="2">2022</th></tr>'
            "<tr><th>Male</th><th>Female</th><th>Male</th><th>Female</th></tr></thead>"
            "<tbody><tr><td>Turnover rate (%)</td><td>11</td><td>12</td><td>13</td><td>14</td></tr></tbody></table>\n"
        ),
        says="""\
Turnover rate (%) / Male = 11 % @ 2023
Turnover rate (%) / Female = 12 % @ 2023
Turnover rate (%) / Male = 13 % @ 2022
Turnover rate (%) / Female = 14 % @ 2022
""",
    ),
    Layout(
        name="gender over year, in HTML",
        language="zh-Hant",
        source=(
            "<table><tr><th rowspan=2>指標</th><th colspan=2>男性</th><th colspan=2>女性</th></tr>"
            "<tr><th>2023年</th><th>2022年</th><th>2023年</th><th>2022年</th></tr>"
            "<tr><td>平均培訓時數（小時）</td><td>8</td><td>7</td><td>6.5</td><td>6</td></tr></table>\n"
        ),
        says="""\
平均培訓時數（小時） / 男性 = 8 hour @ 2023
平均培訓時數（小時） / 男性 = 7 hour @ 2022
平均培訓時數（小時） / 女性 = 6.5 hour @ 2023
平均培訓時數（小時） / 女性 = 6 hour @ 2022
""",
    ),
    Layout(
        name="three header rows: year, gender, full or part time",
        source=(
            "<table><tr><th rowspan=3>Employees</th><th colspan=4>2023</th></tr>"
            "<tr><th colspan=2>Male</th><th colspan=2>Female</th></tr>"
            "<tr><th>Full-time</th><th>Part-time</th><th>Full-time</th><th>Part-time</th></tr>"
            "<tr><td>Hong Kong</td><td>31</td><td>2</td><td>45</td><td>6</td></tr></table>\n"
        ),
        says="""\
Hong Kong / Male Full-time = 31 person @ 2023
Hong Kong / Male Part-time = 2 person @ 2023
Hong Kong / Female Full-time = 45 person @ 2023
Hong Kong / Female Part-time = 6 person @ 2023
""",
    ),
    Layout(
        name="a second header row in a pipe table, the first with blanks",
        source="""\
| Training hours | 2023 | | 2022 | |
|---|---|---|---|---|
| | Male | Female | Male | Female |
| Senior management | 20 | 21 | 18 | 19 |
""",
        says="""\
Senior management / Male = 20 @ 2023
Senior management / Female = 21 @ 2023
Senior management / Male = 18 @ 2022
Senior management / Female = 19 @ 2022
""",
    ),
    Layout(
        name="a heading that reaches over an uneven number of blanks is not guessed at",
        source="""\
| Training hours | 2023 | | 2022 | |
|---|---|---|---|---|
| | Male | Female | All | Male |
| Senior management | 20 | 21 | 18 | 19 |
""",
        says="Senior management / Male = 20 @ 2023\nSenior management / All = 18 @ 2022\n",
        unread=("no heading says which period",),
    ),
    Layout(
        name="years as rows",
        source="""\
| Year | Scope 1 (tCO2e) | Scope 2 (tCO2e) | Employees |
|---|---|---|---|
| 2021 | 10 | 20 | 300 |
| 2022 | 11 | 21 | — |
| 2023 | 12 | 22 | 310 |
""",
        says="""\
Scope 1 = 10 tCO2e @ 2021
Scope 2 = 20 tCO2e @ 2021
Employees = 300 person @ 2021
Scope 1 = 11 tCO2e @ 2022
Scope 2 = 21 tCO2e @ 2022
Employees = — person @ 2022
Scope 1 = 12 tCO2e @ 2023
Scope 2 = 22 tCO2e @ 2023
Employees = 310 person @ 2023
""",
    ),
    Layout(
        name="years as rows within groups, with a target below",
        language="zh-Hant",
        source="""\
| 類別 | 年度 | 流失率（%） |
|---|---|---|
| 男性 | 2022 | 5.1 |
| | 2023 | 4.8 |
| 女性 | 2022 | 3.3 |
| | 2023 | 3.9 |
| | 2025年目標 | 3 |
""",
        says="""\
男性 / 流失率 = 5.1 % @ 2022
男性 / 流失率 = 4.8 % @ 2023
女性 / 流失率 = 3.3 % @ 2022
女性 / 流失率 = 3.9 % @ 2023
女性 / 流失率 = 3 % @ 2025 target
""",
    ),
    Layout(
        name="a year as a row of its own above its rows",
        source=(
            "<table><tr><th>Indicator</th><th>Unit</th><th>Value</th></tr><tr><td colspan=3>2023</td></tr>"
            "<tr><td>Purchased electricity</td><td>MWh</td><td>900</td></tr><tr><td colspan=3>2022</td></tr>"
            "<tr><td>Purchased electricity</td><td>MWh</td><td>950</td></tr></table>\n"
        ),
        says="Purchased electricity / Value = 900 MWh @ 2023\nPurchased electricity / Value = 950 MWh @ 2022\n",
    ),
    Layout(
        name="section headers inside a table, over its whole width",
        source=(
            "<table><tr><th>Indicator</th><th>Unit</th><th>2023</th><th>2022</th></tr>"
            "<tr><td colspan=4>A. Environmental</td></tr><tr><td>Petrol</td><td>litres</td><td>5</td><td>6</td></tr>"
            "<tr><td colspan=4>B. Social</td></tr><tr><td>Work injuries</td><td>cases</td><td>0</td><td>1</td></tr>"
            "</table>\n"
        ),
        says="""\
A. Environmental / Petrol = 5 L @ 2023
A. Environmental / Petrol = 6 L @ 2022
B. Social / Work injuries = 0 case @ 2023
B. Social / Work injuries = 1 case @ 2022
""",
    ),
    Layout(
        name="the metric stands above the labels",
        source="""\
| Greenhouse gas emissions | Unit | 2022 | 2023 |
|---|---|---|---|
| Scope 1 | tCO2e | 1 | 2 |
| Scope 2 | tCO2e | 3 | 4 |
| Total | tCO2e | 4 | 6 |
""",
        says="""\
Scope 1 = 1 tCO2e @ 2022
Scope 1 = 2 tCO2e @ 2023
Scope 2 = 3 tCO2e @ 2022
Scope 2 = 4 tCO2e @ 2023
Total = 4 tCO2e @ 2022
Total = 6 tCO2e @ 2023
""",
    ),
    Layout(
        name="marks in label, heading and cell, tied to the notes below",
        source="""\
| Indicator | Unit | 2023 | 2022[a] |
|---|---|---|---|
| Waste paper (1) | kg | 7 | 8* |
| Glass | kg | 1† | 2 |

(1) Head office only.

\\* Estimated.

† Weighed twice.

[a] Nine sites.
""",
        says="""\
Waste paper = 7 kg @ 2023 [Head office only.]
Waste paper = 8 kg @ 2022 [Head office only.] [Estimated.] [Nine sites.]
Glass = 1 kg @ 2023 [Weighed twice.]
Glass = 2 kg @ 2022 [Nine sites.]
""",
    ),
    Layout(
        name="a column of notes",
        language="zh-Hant",
        source="""\
| 指標 | 附註 | 單位 | 2023年 | 2022年 |
|---|---|---|---|---|
| 汽油 | 1 | 升 | 50 | 40 |
| 柴油 | 1、2 | 升 | 5 | 4 |

註1：僅計公司車輛。

註2：不含發電機。
""",
        says="""\
汽油 = 50 L @ 2023 [僅計公司車輛。]
汽油 = 40 L @ 2022 [僅計公司車輛。]
柴油 = 5 L @ 2023 [僅計公司車輛。] [不含發電機。]
柴油 = 4 L @ 2022 [僅計公司車輛。] [不含發電機。]
""",
    ),
    Layout(
        name="the restated year beside its original",
        source="""\
| Indicator | Unit | 2023 | 2022 (restated) | 2022 (as previously reported) |
|---|---|---|---|---|
| Natural gas | m3 | 10 | 9 | 8 |
""",
        says="""\
Natural gas = 10 m3 @ 2023
Natural gas = 9 m3 @ 2022 restated
Natural gas = 8 m3 @ 2022 original
""",
    ),
    Layout(
        name="a restated year beside a bare one",
        language="zh-Hant",
        source="| 指標 | 2023年 | 2022年 | 2022年（經重列） |\n|---|---|---|---|\n| 天然氣（立方米） | 10 | 8 | 9 |\n",
        says="""\
天然氣（立方米） = 10 m3 @ 2023
天然氣（立方米） = 8 m3 @ 2022 original
天然氣（立方米） = 9 m3 @ 2022 restated
""",
    ),
    Layout(
        name="restated in a second header row and in a cell",
        source=(
            "<table><tr><th>Indicator</th><th>2023</th><th>2022</th></tr><tr><th></th><th></th><th>(restated)</th></tr>"
            "<tr><td>LPG (kg)</td><td>4 (restated)</td><td>5</td></tr></table>\n"
        ),
        says="LPG (kg) = 4 kg @ 2023 restated\nLPG (kg) = 5 kg @ 2022 restated\n",
    ),
    Layout(
        name="target, base year and progress",
        source="""\
| Indicator | Unit | 2019 (base year) | 2022 | 2023 | 2030 target | Progress in 2023 |
|---|---|---|---|---|---|---|
| GHG intensity | tCO2e/employee | 4.0 | 3.4 | 3.1 | 2.0 | 45% |
""",
        says="""\
GHG intensity = 4.0 tCO2e/person @ 2019 base
GHG intensity = 3.4 tCO2e/person @ 2022
GHG intensity = 3.1 tCO2e/person @ 2023
GHG intensity = 2.0 tCO2e/person @ 2030 target
GHG intensity = 45 % @ 2023 progress
""",
    ),
    Layout(
        name="targets in words, with columns for their years",
        language="zh-Hant",
        source="""\
| 目標 | 基準年 | 目標年 | 目標值 | 本年進展 |
|---|---|---|---|---|
| 用水量 | 2020 | 2028 | 下降20% | 下降9.5% |
| 電動車數目 | 不適用 | 2026/27財年 | 300輛 | 186輛 |
""",
        says="""\
用水量 = — @ 2020 base
用水量 = 20 % @ 2028 target “下降20%”
用水量 = 9.5 % @ 2023 progress “下降9.5%”
電動車數目 = 300 vehicle @ 2027 target
電動車數目 = 186 vehicle @ 2023 progress
""",
    ),
    Layout(
        name="a row that is a target",
        language="zh-Hant",
        source="""\
| 指標 | 2023年 | 2022年 |
|---|---|---|
| 用水密度（立方米/人） | 5 | 6 |
| 用水密度目標（立方米/人） | 4 | 5 |
""",
        says="""\
用水密度（立方米/人） = 5 m3/person @ 2023
用水密度（立方米/人） = 6 m3/person @ 2022
用水密度目標（立方米/人） = 4 m3/person @ 2023 target
用水密度目標（立方米/人） = 5 m3/person @ 2022 target
""",
    ),
    Layout(
        name="printed changes beside the years",
        source="""\
| Indicator | Unit | 2023 | 2022 | YoY change | 2023 vs 2022 |
|---|---|---|---|---|---|
| Electricity | kWh | 110 | 100 | +10% | 10 |
""",
        says="""\
Electricity = 110 kWh @ 2023
Electricity = 100 kWh @ 2022
Electricity = 10 % @ ? change
Electricity = 10 kWh @ 2022 change
""",
    ),
    Layout(
        name="a bare per cent after two years, and changes in rows",
        language="zh-Hans",
        source="""\
| 指标 | 单位 | 2023年 | 2022年 | % |
|---|---|---|---|---|
| 捐款 | 元 | 90 | 100 | (10.0) |
| 同比变动 | % | -10 | 5 | |
""",
        says="""\
捐款 = 90 CNY @ 2023
捐款 = 100 CNY @ 2022
捐款 = -10.0 % @ ? change
同比变动 = -10 % @ 2023 change
同比变动 = 5 % @ 2022 change
同比变动 = — % @ ? change
""",
    ),
    Layout(
        name="number and share under each year",
        source=(
            "<table><tr><th rowspan=2>Number of employees</th><th colspan=2>2023</th><th colspan=2>2022</th></tr>"
            "<tr><th>Number</th><th>%</th><th>Number</th><th>%</th></tr>"
            "<tr><td>Male</td><td>60</td><td>60</td><td>45</td><td>50</td></tr></table>\n"
        ),
        says="""\
Male / Number = 60 person @ 2023
Male = 60 % @ 2023
Male / Number = 45 person @ 2022
Male = 50 % @ 2022
""",
    ),
    Layout(
        name="the header is printed again, then another takes its place",
        source="""\
| Indicator | Unit | 2023 | 2022 |
|---|---|---|---|
| Petrol | L | 1 | 2 |
| Indicator | Unit | 2023 | 2022 |
| Diesel | L | 3 | 4 |
| Indicator | Unit | 2021 | 2020 |
| LPG | kg | 5 | 6 |
""",
        says="""\
Petrol = 1 L @ 2023
Petrol = 2 L @ 2022
Diesel = 3 L @ 2023
Diesel = 4 L @ 2022
LPG = 5 kg @ 2021
LPG = 6 kg @ 2020
""",
    ),
    Layout(
        name="one value for two years or two rows belongs to neither",
        source=(
            "<table><tr><th>Indicator</th><th>2023</th><th>2022</th></tr>"
            "<tr><td>Trees planted</td><td colspan=2>500</td></tr>"
            "<tr><td>Cartons (kg)</td><td rowspan=2>7</td><td>8</td></tr><tr><td>Film (kg)</td><td>9</td></tr>"
            "</table>\n"
        ),
        says="Cartons (kg) = 8 kg @ 2022\nFilm (kg) = 9 kg @ 2022\n",
        unread=(
            "one cell for several columns",
            "one cell for several columns",
            "one cell for several rows",
            "one cell for several rows",
        ),
    ),
    Layout(
        name="a dash over two years says nothing of either",
        source=(
            "<table><tr><th>Indicator</th><th>2023</th><th>2022</th></tr>"
            "<tr><td>Recalls (cases)</td><td colspan=2>N/A</td></tr></table>\n"
        ),
        says="Recalls (cases) = — case @ 2023\nRecalls (cases) = — case @ 2022\n",
    ),
    Layout(
        name="a heading's unit does not reach rows of another kind",
        source="""\
| Indicator | 2023 | 2022 |
|---|---|---|
| Turnover rate (%) | | |
| Male | 5 | 4 |
| Number of employees | 500 | 480 |
""",
        says="""\
Turnover rate (%) / Male = 5 % @ 2023
Turnover rate (%) / Male = 4 % @ 2022
Turnover rate (%) / Number of employees = 500 person @ 2023
Turnover rate (%) / Number of employees = 480 person @ 2022
""",
    ),
    Layout(
        name="dimensions in two label columns",
        source=(
            "<table><tr><th>Employees</th><th>Group</th><th>2023</th><th>2022</th></tr>"
            "<tr><td rowspan=2>By gender</td><td>Male</td><td>6</td><td>5</td></tr>"
            "<tr><td>Female</td><td>4</td><td>5</td></tr>"
            "<tr><td rowspan=2>By age</td><td>Below 30</td><td>3</td><td>2</td></tr>"
            "<tr><td>30-50</td><td>7</td><td>8</td></tr></table>\n"
        ),
        says="""\
By gender / Male = 6 person @ 2023
By gender / Male = 5 person @ 2022
By gender / Female = 4 person @ 2023
By gender / Female = 5 person @ 2022
By age / Below 30 = 3 person @ 2023
By age / Below 30 = 2 person @ 2022
By age / 30-50 = 7 person @ 2023
By age / 30-50 = 8 person @ 2022
""",
    ),
    Layout(
        name="units in the year's heading",
        source="| Item | 2023 (RMB'000) | 2022 (RMB'000) |\n|---|---|---|\n| Staff welfare | 1,000 | 2,000 |\n",
        says="Staff welfare = 1000 thousand CNY @ 2023\nStaff welfare = 2000 thousand CNY @ 2022\n",
    ),
    Layout(
        name="a title over the whole table",
        source=(
            "<table><tr><th colspan=3>Environmental data</th></tr><tr><th>Indicator</th><th>2023</th><th>2022</th></tr>"
            "<tr><td>NOx (kg)</td><td>1.5</td><td>1.6</td></tr></table>\n"
        ),
        says="NOx (kg) = 1.5 kg @ 2023\nNOx (kg) = 1.6 kg @ 2022\n",
    ),
    Layout(
        name="months and half-years are no years",
        source="""\
| Item | Jan 2023 | Feb 2023 | 2022 H1 | 2022 |
|---|---|---|---|---|
| Petrol (L) | 1 | 2 | 3 | 4 |
""",
        says="Petrol (L) = 3 L @ 2022H1\nPetrol (L) = 4 L @ 2022\n",
        unread=("no heading says which period",),
    ),
    Layout(
        name="cells with words in them",
        source="""\
| Item | 2023 | 2022 |
|---|---|---|
| Visits | 12 to 15 | about 10 |
| Donations | HK$1.5 million | Nil |
""",
        says="Visits = 10 @ 2022\nDonations = 1.5 million HKD @ 2023\nDonations = 0 @ 2022\n",
        unread=("not a number",),
    ),
    Layout(
        name="a count and its share in one cell: the count is read",
        source="| Employees | 2023 | 2022 |\n|---|---|---|\n| Male | 1,234 (45.6%) | 1,200（46.0%） |\n",
        says="Male = 1234 person @ 2023\nMale = 1200 person @ 2022\n",
    ),
    Layout(
        name="columns of page numbers are no figures",
        source="""\
| Aspects and KPIs | Disclosure | Section | Page |
|---|---|---|---|
| KPI A1.2 | Scope 1 and Scope 2 emissions | Environment | 46 |
| KPI B1.1 | Total workforce by gender | People | 60 |
""",
        says="",
    ),
    Layout(
        name="an index of contents in Chinese has pages too",
        language="zh-Hant",
        source="""\
| 關鍵績效指標 | 描述 | 頁碼 |
|---|---|---|
| A1.3 | 有害廢棄物總量 | 13 |
| B2.1 | 因工亡故 | 20 |
""",
        says="",
    ),
    Layout(
        name="a label broken over two lines is one label",
        source="""\
Indicator\tUnit\t2023\t2022
Total greenhouse gas
emissions (Scope 1 and 2)\ttCO2e\t900\t950
Hazardous waste\ttonnes\t1.2\t1.3
""",
        says="""\
Total greenhouse gas emissions (Scope 1 and 2) = 900 tCO2e @ 2023
Total greenhouse gas emissions (Scope 1 and 2) = 950 tCO2e @ 2022
Hazardous waste = 1.2 t @ 2023
Hazardous waste = 1.3 t @ 2022
""",
    ),
    Layout(
        name="the foot of a page between two rows is no heading",
        source="""\
Indicator\tUnit\t2023\t2022
Petrol\tlitres\t10\t11
Tiny Holdings Limited Environmental, Social and Governance Report 2023
Diesel\tlitres\t20\t21
""",
        says="Petrol = 10 L @ 2023\nPetrol = 11 L @ 2022\nDiesel = 20 L @ 2023\nDiesel = 21 L @ 2022\n",
    ),
    Layout(
        name="a caption between two tables divided by tabs begins a table",
        source="""\
Item	Unit	2023	2022
Water	m3	1	2
Waste in other years
Item	Unit	2021	2020
Glass	kg	3	4
""",
        says="Water = 1 m3 @ 2023\nWater = 2 m3 @ 2022\nGlass = 3 kg @ 2021\nGlass = 4 kg @ 2020\n",
    ),
    Layout(
        name="a row of units beneath the years",
        source="| Item | 2023 | 2022 |\n|---|---|---|\n| | RMB'000 | RMB'000 |\n| Staff costs | 5,000 | 4,800 |\n",
        says="Staff costs = 5000 thousand CNY @ 2023\nStaff costs = 4800 thousand CNY @ 2022\n",
    ),
    Layout(
        name="units in two languages",
        language="zh-Hant",
        source="""\
| 指標 Indicator | 單位 Unit | 2023年 | 2022年 |
|---|---|---|---|
| 廢紙 Paper | 公噸 tonnes | 5 | 6 |
""",
        says="廢紙 Paper = 5 t @ 2023\n廢紙 Paper = 6 t @ 2022\n",
    ),
    Layout(
        name="the thousands of what a rate is counted per are no unit",
        source="""\
| Indicator | 2023 | 2022 |
|---|---|---|
| Injuries per 1,000 employees | 2.5 | 2.1 |
| Power in kWh | 7 | 8 |
""",
        says="""\
Injuries per 1,000 employees = 2.5 @ 2023
Injuries per 1,000 employees = 2.1 @ 2022
Power in kWh = 7 kWh @ 2023
Power in kWh = 8 kWh @ 2022
""",
    ),
    Layout(
        name="base value and base year in columns of their own",
        source="""\
| Aspect | Base year | Base value | Target year | Target | Progress |
|---|---|---|---|---|---|
| Emissions (tCO2e) | 2020 | 10,000 | 2030 | 7,000 | 8,900 |
""",
        says="""\
Emissions (tCO2e) = 10000 tCO2e @ 2020 base
Emissions (tCO2e) = 7000 tCO2e @ 2030 target
Emissions (tCO2e) = 8900 tCO2e @ 2023 progress
""",
    ),
    Layout(
        name="a table without years under a heading of a year is of that year",
        source="""\
## 2022

| Region | Suppliers |
|---|---|
| Hong Kong | 9 |

## Towards 2030

| Region | Suppliers |
|---|---|
| Hong Kong | 99 |
""",
        says="Hong Kong / Suppliers = 9 @ 2022\n",
        unread=("no column says which period",),
    ),
    Layout(
        name="a score has no unit of the caption",
        source="""\
Financed emissions (tCO2e)

| Sector | Emissions | Data quality score |
|---|---|---|
| Shipping | 158 | 2.5 |
""",
        says="Shipping / Emissions = 158 tCO2e @ 2023\nShipping / Data quality score = 2.5 @ 2023\n",
    ),
    Layout(
        name="raised digits are marks, never part of a number",
        source=(
            "| Item | Unit | 2023<sup>1</sup> | 2022 |\n|---|---|---|---|\n"
            "| Steam<sup>2</sup> | m<sup>3</sup> | 1,049<sup>3</sup> | 7 |\n"
        ),
        says="Steam = 1049 m3 @ 2023\nSteam = 7 m3 @ 2022\n",
    ),
    Layout(
        name="no year anywhere but the report's",
        language="zh-Hant",
        source="| 供應商地區 | 數目 |\n|---|---|\n| 華南 | 30 |\n| 合計 | 45 |\n",
        says="華南 / 數目 = 30 @ 2023\n合計 / 數目 = 45 @ 2023\n",
    ),
    Layout(
        name="a heading right above a table is its caption, with a unit",
        source="""\
#### Table 3 – Purchased electricity by site (MWh unless marked)

| Site | 2023 |
|---|---|
| Lantern Tower | 4,905 |
| Macau branch | 614 |
| Total | 5,519 |
""",
        says="""\
Lantern Tower = 4905 MWh @ 2023
Macau branch = 614 MWh @ 2023
Total = 5519 MWh @ 2023
""",
    ),
    Layout(
        name="a label in a table of money counts no accidents",
        source="""\
**Gross written premiums (HK$ million)**

| Business | 2023 |
|---|---|
| Accident and health | 829 |
| Total | 829 |
""",
        says="Accident and health = 829 @ 2023\nTotal = 829 million HKD @ 2023\n",
    ),
    Layout(
        name="a total set as a heading is a row of figures",
        source="""\
<table><caption>Employees (persons)</caption>
<thead><tr><th>Group</th><th>2023</th><th>2022</th></tr></thead>
<tbody><tr><th>Total</th><th>5,214</th><th>5,048</th></tr>
<tr><td>Male</td><td>2,826</td><td>2,760</td></tr></tbody></table>
""",
        says="""\
Total = 5214 person @ 2023
Total = 5048 person @ 2022
Male = 2826 person @ 2023
Male = 2760 person @ 2022
""",
    ),
    Layout(
        name="a column of sections or remarks is no figure",
        language="zh-Hant",
        source="| 層面 | 描述 | 章節或說明 |\n|---|---|---|\n| B7 | 反貪污 | 10 |\n",
        says="",
    ),
    Layout(
        name="a table of words",
        source="| Topic | First group | Second group |\n|---|---|---|\n| Water | Item 1 | Item 2 |\n",
        says="",
        unread=("no column says which period",),
    ),
    Layout(
        name="reduced in Simplified Chinese, dates as headings",
        language="zh-Hans",
        source="| 项目 | 单位 | 2023-12-31 | 2022.12.31 |\n|---|---|---|---|\n| 女性员工 | 名 | 40 | 39 |\n",
        says="女性员工 = 40 person @ 2023\n女性员工 = 39 person @ 2022\n",
    ),
)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_each_layout_is_read_figure_by_figure(layout: Layout, tmp_path: Path) -> None:
    reading = read(layout, tmp_path)
    assert "\n".join(said(figure) for figure in reading.figures) == layout.says.strip("\n")
    assert len(reading.unread) == len(layout.unread)
    for unread, why in zip(reading.unread, layout.unread, strict=True):
        assert unread.why.startswith(why)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_each_figure_points_at_its_own_cell(layout: Layout, tmp_path: Path) -> None:
    reading = read(layout, tmp_path)
    texts = {passage.id: passage.text for passage in reading.passages}
    assert len({figure.id for figure in reading.figures}) == len(reading.figures)
    for figure in reading.figures:
        quoted = texts[figure.passage_id][figure.start : figure.end]
        assert figure.digits.removeprefix("-") in quoted or figure.disclosure != "number"
