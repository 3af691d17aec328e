"""A stranger's agent in Python: registers over gRPC, answers over RabbitMQ, reports by lines of JSON.

It is written from the protocol alone: pika for the queues, and stubs that grpc_tools makes, at run time, from the
peers' own .proto files. SIGTERM ends it with exit code 0.
"""

import argparse
import importlib
import json
import signal
import sys
import tempfile
import threading
import uuid
from datetime import datetime, timezone
from pathlib import Path

import grpc
import pika
from grpc_tools import protoc

BROKER_QUEUE = "broker_input_queue"
CALL_TIMEOUT_S = 20


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    options = parse_options()
    with tempfile.TemporaryDirectory() as folder:
        messages, services = make_stubs(options.protos, folder)
        with grpc.insecure_channel(options.grpc) as channel:
            agent = services.AgentRegistrationServiceStub(channel)
            agent_id = register(agent, messages, options.name)
            hold_commands(agent, messages, agent_id)
            heartbeat(agent, messages, agent_id)
            answer_questions(options.amqp, agent_id)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("grpc", "amqp", "name", "protos"):
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args()


def make_stubs(protos, folder):
    name = "agent_registration"
    arguments = ["protoc", f"-I{protos}", f"--python_out={folder}", f"--grpc_python_out={folder}"]
    if protoc.main([*arguments, str(Path(protos, f"{name}.proto"))]) != 0:
        sys.exit("protoc refused the .proto")
    sys.path.insert(0, folder)
    return importlib.import_module(f"{name}_pb2"), importlib.import_module(f"{name}_pb2_grpc")


def register(agent, messages, name):
    request = messages.AgentRegistrationRequest(
        agent_name=name,
        version="1.0.0",
        capabilities={"chat": "true"},
        hostname="interop.example",
        platform="python",
    )
    response = agent.RegisterAgent(request, timeout=CALL_TIMEOUT_S)
    report("registered", success=response.success, agent_id=response.server_assigned_id)
    return response.server_assigned_id


def hold_commands(agent, messages, agent_id):
    commands = agent.ReceiveCommands(messages.CommandStreamRequest(agent_id=agent_id))
    threading.Thread(target=read_commands, args=(commands,), daemon=True).start()


def read_commands(commands):
    try:
        for command in commands:
            report("command", type=command.type)
    except grpc.RpcError:
        pass  # the channel was closed: the agent is leaving


def heartbeat(agent, messages, agent_id):
    request = messages.HeartbeatRequest(agent_id=agent_id, status="active", metrics={"internal_state": "waiting"})
    response = agent.SendHeartbeat(request, timeout=CALL_TIMEOUT_S)
    report("heartbeat", success=response.success, interval=response.interval)


def answer_questions(url, agent_id):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_qos(prefetch_count=10)
        queue = f"agent_queue_{agent_id}"
        for name in (queue, BROKER_QUEUE):
            channel.queue_declare(queue=name, durable=True)
        channel.basic_consume(queue, lambda *delivery: answer(agent_id, *delivery))
        report("listening", queue=queue)
        channel.start_consuming()
    finally:
        connection.close()


def answer(agent_id, channel, method, properties, body):
    question = json.loads(body)
    report("received", persistent=properties.delivery_mode == 2, message=question)
    if question["message_type"] == "TEXT":
        channel.basic_publish(
            exchange="",
            routing_key=BROKER_QUEUE,
            body=json.dumps(reply_to(question, agent_id)),
            properties=pika.BasicProperties(delivery_mode=2, content_type="application/json"),
            mandatory=True,
        )
    channel.basic_ack(method.delivery_tag)


def reply_to(question, agent_id):
    return {
        "message_id": f"msg_{uuid.uuid4().hex[:12]}",
        "message_type": "REPLY",
        "sender_id": agent_id,
        "receiver_id": question["sender_id"],
        "conversation_id": question.get("conversation_id"),
        "text_payload": f"Python heard: {question['text_payload']}",
        "in_reply_to_message_id": question["message_id"],
        "send_timestamp": datetime.now(timezone.utc).isoformat(),
    }


def report(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


if __name__ == "__main__":
    main()
