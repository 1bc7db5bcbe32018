from __future__ import annotations

from batonpass.evals.markdown import code, markdown_report, plain
from batonpass.evals.outcome import judge
from markdown_it import MarkdownIt

from .golden import run, simulated, suite, talked, worsen


def _html(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


def test_a_worsened_policy_is_the_first_thing_told() -> None:
    of = suite(scenarios=40)
    text = markdown_report([judge(worsen(of, run(of, policy="p2"), 12), of, run(of))])
    lines = text.splitlines()
    assert lines[0].startswith("### golden: ❌ gate failed")
    assert any("escalation.missed\\_rate got worse beyond noise" in line for line in lines[1:12])
    assert "🔴 **▲ +60.0 points** (p < .001)" in text
    assert "**Broke: 12**" in text
    assert "- and 4 more" in text
    assert "guard policies: p2 now" in text
    rows = [line.count("|") for line in lines if line.startswith("|")]
    assert len(set(rows)) == 1
    assert "<table>" in _html(text)


def test_without_gate_or_baseline() -> None:
    of = suite()
    text = markdown_report([judge(run(of), of)])
    assert text.startswith("### golden: no gate")
    assert "Baseline" not in text
    assert markdown_report([judge(run(of), suite(thresholds={"answer.right": 0.5}))]).startswith("### golden: ✅")


def test_simulated_customers_count_and_can_break() -> None:
    of = simulated(suite(2, 2))
    text = markdown_report([judge(talked(of, run(of), well=False), of, talked(of, run(of)))])
    assert "5 right, 1 with faults" in text
    assert "**Broke: 1**" in text
    assert "- `m-fee` 배송비가 얼마예요? Outcome handed\\_off, expected satisfied." in text


def test_hostile_text_neither_formats_nor_mentions() -> None:
    of = suite(hostile=True)
    worse = run(of)
    worse["questions"][0]["citations"] = []
    text = markdown_report([judge(worse, of, run(of))])
    html = _html(text)
    for tag in ("<script", "<img", "<a ", "<em>"):
        assert tag not in html
    assert "@everyone" not in text
    assert "\x00" not in text
    assert "\x1b" not in text
    assert all(line.count("|") == 7 for line in text.splitlines() if line.startswith("|"))


def test_plain_and_code() -> None:
    for text in ("[a](http://x.y)", "https://x.y", "**b**", "![](//x)", "a\n# b", "<b>", "a | b", "#12", "`c`"):
        rendered = _html(f"- {plain(text)}")
        assert rendered.count("<") == 4 + rendered.count("<br"), rendered
    assert "…" in plain("가" * 200)
    assert code("a`b|c\n") == "`a?b?c?`"
