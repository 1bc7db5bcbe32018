"""Everything that the pages give to Gradio's mount: theme, head, and what is switched off."""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.themes import Base
from gradio.themes.utils import colors

from .i18n import STRINGS

FONTS = (
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "Noto Sans KR",
    "Noto Sans CJK KR",
    "sans-serif",
)
"""Local fonts only: a page must not call another host."""

MONO_FONTS = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "D2Coding", "monospace")

STYLES = ("base", "items", "overlay", "chat", "desk", "desk-packet", "receipt")
"""The stylesheets in static/, in the order in which they count."""

_HEAD = "\n".join(
    [
        '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, '
        'interactive-widget=resizes-content">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="format-detection" content="telephone=no">',
        '<meta name="robots" content="noindex">',
        '<link rel="icon" type="image/svg+xml" href="/static/favicon.svg">',
        *(f'<link rel="stylesheet" href="/static/{name}.css">' for name in STYLES),
    ]
)

# Gradio scopes this to its own container. Our layout is in static/; this only calms the frame around it.
_CSS = ".gradio-container { padding: 0 !important; max-width: none !important; }"


def theme() -> Base:
    """Gradio's base theme in the brand's hue, with fonts that are on the machine."""
    return Base(
        primary_hue=colors.teal,
        neutral_hue=colors.slate,
        font=FONTS,
        font_mono=MONO_FONTS,
    ).set(
        body_background_fill="#f4f6f6",
        body_background_fill_dark="#0e1415",
        body_text_color="#17211f",
        body_text_color_dark="#e6eceb",
    )


def mount_options() -> dict[str, Any]:
    """Keyword arguments for ``mount_gradio_app``, the same for every page of the app."""
    return {
        "theme": theme(),
        "head": _HEAD,
        "css": _CSS,
        "i18n": gr.I18n(**STRINGS),
        "footer_links": [],
        "run_history": False,
        "show_error": False,
        "ssr_mode": False,
        "pwa": False,
    }


def shell(title: str, module: str) -> gr.Blocks:
    """A page that only loads one of our modules; no event listener, so nothing on it can be called.

    Args:
        title: The document's title until the module sets its own.
        module: Name of the script in static/ whose ``mount(element)`` draws the page.
    """
    with gr.Blocks(title=title, analytics_enabled=False, fill_height=True, fill_width=True) as page:
        gr.HTML(
            html_template=f'<div class="bp-mount" id="bp-{module}"></div>',
            js_on_load=(
                f'import("/static/{module}.js")'
                ".then((page) => page.mount(element.querySelector('.bp-mount') ?? element))"
                ".catch((error) => { console.error(error);"
                " element.textContent = '화면을 불러오지 못했습니다. 새로 고침해 주세요."
                " / The page could not be loaded. Please reload.'; });"
            ),
            apply_default_css=False,
            padding=False,
        )
    return page
