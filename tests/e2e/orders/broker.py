"""A real Apache Kafka broker on loopback: one KRaft node with its data in a folder of its own."""
import base64
import pathlib
import socket
import subprocess
import time
import uuid

from support.server import free_port

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/data
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
"""
JAVA = ["java", "-Xmx384m", "-Xshare:auto", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Djava.awt.headless=true"]


class Broker:
    def __init__(self, jars, folder):
        self.jars, self.folder = jars, pathlib.Path(folder)
        self.port = None
        self.process = None
        self.log = self.folder / "broker.log"

    @property
    def address(self):
        return "127.0.0.1:%d" % self.port

    def _java(self, *arguments):
        return JAVA + ["-cp", "%s/*" % self.jars, *arguments]

    def start(self, timeout=60):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        properties = self.folder / "server.properties"
        properties.write_text(PROPERTIES.format(port=self.port, controller=free_port(), folder=self.folder))
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        with open(self.log, "wb") as log:
            subprocess.run(self._java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties)),
                           stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True, timeout=timeout)
            self.process = subprocess.Popen(self._java("kafka.Kafka", str(properties)), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the broker did not start:\n%s" % self.log.read_text(errors="replace")[-3000:])

    def stop(self):
        """Kills it: its data is thrown away with the folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
        if self.process is not None:
            self.process.wait()
