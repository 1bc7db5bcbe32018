"""The servers of ``batonpass bench --load``: ``python -m batonpass.ui.load_target SIDE PORT FOLDER SECONDS``.

``ours`` is ``batonpass serve`` over the sample shop; ``stock`` is LangChain's chain over the same articles in a
``gr.ChatInterface``, launched with Gradio's defaults. Their models take SECONDS to answer. Both end when their
stdin does.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from pathlib import Path
from typing import Any

from .console import talk


def ours(port: int, folder: Path, model_seconds: float) -> None:
    """Serve the sample shop; each simulated customer comes with an address of their own."""
    from ..agent import Settings, compose
    from ..agent.extractive import ExtractiveChatModel
    from .server import run

    class SlowModel(ExtractiveChatModel):
        """The embedded model with the waiting of one at an endpoint."""

        async def _agenerate(self, *args: Any, **kwargs: Any) -> Any:
            await asyncio.sleep(model_seconds)
            return await super()._agenerate(*args, **kwargs)

    if model_seconds:
        compose.chat_model = lambda settings: SlowModel()
    proxies = ("127.0.0.1",)
    run(Settings(data=folder, kb=None, model="", embeddings="builtin", port=port, trusted_proxies=proxies), talk)


def stock(port: int, folder: Path, model_seconds: float) -> None:
    """Serve a chat as Gradio's guide to ChatInterface has it."""
    import gradio as gr

    from ..evals import stock as built
    from ..evals.bench_corpus import pairs, shop

    chain = built.chain(built.retriever(pairs(shop()), folder), model_seconds)

    def chat(message: str, history: list) -> str:
        return chain.invoke(message)

    gr.ChatInterface(chat).launch(server_name="127.0.0.1", server_port=port, quiet=True)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    {"ours": ours, "stock": stock}[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
