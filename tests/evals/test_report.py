from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from batonpass.evals.outcome import judge
from batonpass.evals.report import ReportError, read_run, write_reports
from batonpass.evals.report_html import html_report

from .golden import HOSTILE, run, simulated, suite, talked, worsen


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def test_a_worsened_policy_shows_before_anything_else() -> None:
    of = suite(scenarios=40)
    text = html_report([judge(worsen(of, run(of, policy="p2"), 12), of, run(of))])
    words = re.sub(r"\s+", " ", Page(text).words)
    order = [
        words.index(part)
        for part in (
            "Gate failed",
            "escalation.missed_rate got worse beyond noise: 60.0 % against 0.0 %",
            "Different guard policies: p2 now, p1",
            "Escalations missed",
            "What got worse",
            "Failures 12 of 70",
            "No person was ever offered or called.",
            "Plots",
            "Every metric",
            "Right 58",
        )
    ]
    assert order == sorted(order)
    assert "right before" in words
    assert "In the baseline" in words


def test_simulated_customers_show_with_transcript_and_what_failed() -> None:
    of = simulated(suite(2, 2))
    page = Page(html_report([judge(talked(of, run(of), well=False, said=HOSTILE), of)]))
    words = re.sub(r"\s+", " ", page.words)
    assert "Simulated customers served" in words
    order = [
        "Failures 1 of 6",
        "m-fee",
        "A turn was hand_off.",
        "confident",
        "Satisfied by",
        "Handoff packet",
        "Right 5",
    ]
    places = [words.index(part) for part in order]
    assert places == sorted(places)
    assert "simulation · ko · calm · handed_off" in words
    assert "alert('x')" in words
    assert [tag for tag, _ in page.tags].count("script") == 1


def test_links_lead_to_cards() -> None:
    of = suite(scenarios=40)
    page = Page(html_report([judge(worsen(of, run(of), 12), of, run(of)), judge(run(of), of)]))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    links = [str(attrs["href"])[1:] for tag, attrs in page.tags if tag == "a"]
    assert links
    assert set(links) <= set(ids)
    assert len(ids) == len(set(ids))


def test_verdicts_without_failures() -> None:
    of = suite(thresholds={"answer.right": 0.9})
    assert "Gate holds" in html_report([judge(run(of), of)])
    assert "No gate" in html_report([judge(run(suite()), suite())])


def test_hostile_text_stays_inert_and_nothing_is_loaded() -> None:
    of = suite(hostile=True)
    found = run(of, version=HOSTILE)
    found["questions"][0] |= {"reply": HOSTILE, "citations": [HOSTILE], "reasons": [HOSTILE], "rule": HOSTILE}
    found["questions"][0]["signals"] = {HOSTILE: 0.25}
    found["scenarios"][0]["turns"][0] |= {"decision": HOSTILE, "reply": HOSTILE}
    found["scenarios"][0]["handoff"] |= {"summary": HOSTILE, "unsupported": [HOSTILE], "facts": {HOSTILE: HOSTILE}}
    text = html_report([judge(found, of, run(of))])
    page = Page(text)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("script") == 1
    assert "img" not in tags
    assert "link" not in tags
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on") or name == "style"]
    assert not [
        attrs for _, attrs in page.tags if not str(attrs.get("href", "#")).startswith("#") or "src" in attrs
    ]
    policy = next(str(a["content"]) for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "alert('x')" in page.words
    assert "0.25" in page.words


def test_a_suite_of_questions_or_scenarios_alone() -> None:
    for of in (suite(scenarios=0), suite(questions=0)):
        assert "Every metric" in html_report([judge(run(of), of)])


def test_write_reports_and_read_back(tmp_path: Path) -> None:
    of = suite(thresholds={"answer.right": 0.9})
    outcome = judge(run(of), of)
    files = {name: tmp_path / "new" / f"report.{name}" for name in ("html", "junit", "markdown", "json_")}
    write_reports(outcome, **files)
    assert all(file.stat().st_size for file in files.values())
    back = read_run(files["json_"])
    assert back["gate"] == {"holds": True, "failures": []}
    assert judge(back, of, outcome.run).failures == ()
    write_reports([outcome, judge(run(of, suite="two"), of)], json_=files["json_"])
    assert read_run(files["json_"], "two")["run"]["suite"] == "two"
    with pytest.raises(ReportError, match=r"holds 2 runs \(golden, two\), not one of 'three'"):
        read_run(files["json_"], "three")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("3", "not an object"),
        ("[]", "holds no run"),
        ("{}", "'run' is missing"),
        (json.dumps(run(suite()) | {"questions": [{"id": "q-1"}]}), r"questions\[0\] lacks 'citations'"),
        (
            json.dumps(run(suite()) | {"scenarios": [{"id": "s", "turns": [{}], "handoff": None}]}),
            "has a turn without",
        ),
        (json.dumps(run(suite()) | {"simulations": {}}), "'simulations' is of another kind"),
        (json.dumps(run(suite()) | {"simulations": [{"id": "m"}]}), r"simulations\[0\] lacks 'failed'"),
    ],
)
def test_what_is_no_run_is_named(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "run.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match=words) as caught:
        read_run(file)
    assert "\n" not in str(caught.value)
    assert "run.json" in str(caught.value)


def test_files_that_cannot_be(tmp_path: Path) -> None:
    of = suite()
    with pytest.raises(ReportError, match="cannot be read"):
        read_run(tmp_path / "none.json")
    with pytest.raises(ReportError, match="cannot be written"):
        write_reports(judge(run(of), of), markdown=tmp_path)
    with pytest.raises(ReportError, match="no run"):
        write_reports([], html=tmp_path / "x.html")


@pytest.mark.browser
def test_in_a_browser(tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("no chromium")
    of = suite(scenarios=40, hostile=True)
    worse = worsen(of, run(of), 12)
    worse["questions"][0]["reply"] = HOSTILE
    file = tmp_path / "report.html"
    write_reports(judge(worse, of, run(of)), html=file)
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    said: list[str] = []
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.on("console", lambda message: said.append(message.text))
        page.on("dialog", lambda dialog: said.append("dialog"))
        page.on("request", lambda request: said.append(request.url) if request.url != file.as_uri() else None)
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        cards = page.locator("[data-list]").first.locator("[data-card]:visible")
        assert cards.count() == 13
        page.get_by_label("Kind").select_option("question")
        assert cards.count() == 1
        page.get_by_label("Kind").select_option("")
        page.get_by_role("searchbox").fill("s-4")
        assert cards.count() == 1
        page.get_by_role("searchbox").fill("")
        page.locator(".worst a").last.click()
        assert page.locator("details:target").get_attribute("open") is not None
        browser.close()
    assert said == []
