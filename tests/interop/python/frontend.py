"""A stranger's frontend in Python: registers over a plain WebSocket, asks once, reports every frame as a line of JSON."""

import argparse
import asyncio
import json
import signal
import uuid

import websockets


async def main():
    options = parse_options()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    try:
        await chat(options.url, options.text)
    except asyncio.CancelledError:
        pass  # SIGTERM: the test has seen what it wanted


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("url", "text"):
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args()


async def chat(url, text):
    async with websockets.connect(url) as socket:
        await socket.send(json.dumps({"message_type": "REGISTER_FRONTEND", "frontend_name": "Pythia"}))
        async for data in socket:
            frame = json.loads(data)
            report(frame["message_type"], frame=frame)
            if frame["message_type"] == "REGISTER_FRONTEND_RESPONSE":
                await socket.send(json.dumps(question(text)))


def question(text):
    return {"message_type": "TEXT", "message_id": f"msg_{uuid.uuid4().hex[:12]}", "text_payload": text}


def report(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


asyncio.run(main())
