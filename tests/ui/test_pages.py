"""The pages: no server events, nothing from elsewhere, escaped values, every string in both languages."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from batonpass.ui.customer import build_chat
from batonpass.ui.desk import build_desk
from batonpass.ui.i18n import LANGS, STRINGS, pick_lang
from batonpass.ui.login_page import render_login
from batonpass.ui.theme import STYLES, mount_options
from gradio.themes import GoogleFont

STATIC = Path(__file__).parents[2] / "ui" / "static"
SCRIPTS = sorted(STATIC.glob("**/*.js"))
TEXTS = sorted(path for path in STATIC.glob("**/*") if path.suffix in {".js", ".css", ".svg", ".json"})
NAMESPACE = "http://www.w3.org/2000/svg"
"""The one address in the static files: a name, never fetched."""


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def strings(lang: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for name in ("strings", "packet-strings"):
        source = (STATIC / f"{name}-{lang}.js").read_text(encoding="utf-8")
        found = json.loads(source[source.index("export default") + 15 : source.rindex("}") + 1])
        assert not set(found) & set(words), "a string stands in one file only"
        words |= found
    return words


@pytest.mark.parametrize(("build", "script"), [(build_chat, "chat.js"), (build_desk, "desk.js")])
def test_page_has_one_element_and_no_events(build, script):
    page = build()
    config = page.get_config_file()
    assert config["dependencies"] == []
    assert page.fns == {}
    kinds = [component["type"] for component in config["components"]]
    assert kinds == ["html"]
    code = config["components"][0]["props"]["js_on_load"]
    assert f'import("/static/{script}")' in code
    assert (STATIC / script).is_file()


def test_mount_options_call_nobody():
    options = mount_options()
    assert options["footer_links"] == []
    assert options["run_history"] is False
    assert options["show_error"] is False
    assert not re.search(r"https?:|//[a-z]", options["head"])
    for name in STYLES:
        assert f"/static/{name}.css" in options["head"]
        assert (STATIC / f"{name}.css").is_file()
    fonts = [*options["theme"]._font, *options["theme"]._font_mono]
    assert not any(isinstance(font, GoogleFont) for font in fonts)
    assert not any("url(" in font for font in options["theme"]._font_css)


@pytest.mark.parametrize("path", SCRIPTS, ids=names(SCRIPTS))
def test_scripts_build_nodes_not_markup(path):
    source = path.read_text(encoding="utf-8")
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert way not in source, way
    assert "DOMParser" not in source
    assert "createContextualFragment" not in source


@pytest.mark.parametrize("path", TEXTS, ids=names(TEXTS))
def test_static_files_name_no_other_host(path):
    source = path.read_text(encoding="utf-8").replace(NAMESPACE, "")
    assert not re.search(r"https?://", source)
    assert "@import" not in source
    assert not re.search(r"url\(\s*['\"]?//", source)


@pytest.mark.parametrize("path", SCRIPTS, ids=names(SCRIPTS))
def test_imports_lead_to_files(path):
    for target in re.findall(r'from "(\./[^"]+)"', path.read_text(encoding="utf-8")):
        assert (STATIC / target).is_file(), target


def test_both_languages_have_every_string():
    korean, english = strings("ko"), strings("en")
    assert set(korean) == set(english)
    for key in korean:
        assert korean[key].strip(), key
        assert english[key].strip(), key
        assert set(re.findall(r"\{\w+\}", korean[key])) == set(re.findall(r"\{\w+\}", english[key])), key
    assert set(STRINGS["ko"]) == set(STRINGS["en"])


@pytest.mark.parametrize("path", SCRIPTS, ids=names(SCRIPTS))
def test_every_string_that_is_used_exists(path):
    known = strings("ko")
    source = path.read_text(encoding="utf-8")
    for key in re.findall(r'\bt\("([a-z_0-9.]+)"', source):
        assert key in known, key


def test_codes_of_the_server_have_words():
    from batonpass.escalation import Decision, Disposition, Reason

    known = strings("en")
    for prefix, codes in (("reason", Reason), ("verdict", Decision), ("desk.disposition", Disposition)):
        for code in codes:
            assert f"{prefix}.{code}" in known


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_codes_of_the_packet_have_words(lang):
    from batonpass.escalation.intents import _INTENTS
    from batonpass.escalation.masking import SENSITIVE
    from batonpass.escalation.summary_words import SLOTS

    known = strings(lang)
    codes = [f"intent.{name}" for name, _ in _INTENTS] + ["intent.other"]
    codes += [f"slot.{slot}" for slot in {*SENSITIVE, *SLOTS[lang]}]
    codes += [f"packet.mood_{way}" for way in ("rising", "falling", "steady")]
    codes += [f"receipt.err_{code}" for code in ("no_receipt", "no_line", "empty", "too_long", "busy", "other")]
    assert [code for code in codes if code not in known] == []


class _Page(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def inputs(self) -> dict[str | None, dict[str, str | None]]:
        return {attrs.get("name"): attrs for tag, attrs in self.tags if tag == "input"}


@pytest.mark.parametrize("lang", LANGS)
def test_login_is_a_plain_form(lang):
    page = _Page(render_login(lang, error=None, next_path="/desk/"))
    tags = [tag for tag, _ in page.tags]
    assert "script" not in tags
    form = dict(page.tags[tags.index("form")][1])
    assert (form["method"], form["action"]) == ("post", "/api/login")
    assert set(page.inputs()) == {"next", "login", "password"}
    assert page.inputs()["next"]["value"] == "/desk/"
    assert dict(page.tags[0][1])["lang"] == lang
    assert STRINGS[lang]["login_submit"] in page.text
    assert "{" not in page.text


def test_login_escapes_everything():
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>&'
    page = _Page(render_login("ko", error=evil, next_path=evil))
    assert not any(tag == "script" for tag, _ in page.tags)
    assert sum(tag == "img" for tag, _ in page.tags) == 1
    assert page.inputs()["next"]["value"] == evil
    assert evil in page.text
    unknown = _Page(render_login('"><script>', error=None, next_path="/"))
    assert dict(unknown.tags[0][1])["lang"] == "ko"


def test_login_words_known_errors():
    page = _Page(render_login("en", error="wrong", next_path="/desk/"))
    assert STRINGS["en"]["login_error_wrong"] in page.text


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        (None, "ko"),
        ("", "ko"),
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("en-US,en;q=0.9", "en"),
        ("ja,en;q=0.5,ko;q=0.9", "ko"),
        ("fr-FR", "en"),
        ("ko;q=0, en;q=0.1", "en"),
        ("ko;q=x,en", "en"),
    ],
)
def test_language_of_a_header(header, lang):
    assert pick_lang(header) == lang
