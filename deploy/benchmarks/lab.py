"""Where the private services are, and how to reach them: RabbitMQ, PostgreSQL, libvirt and the worker of one state directory."""
import os
import pathlib
import subprocess

import libvirt
import pika
import psycopg2

DEPLOY = pathlib.Path(__file__).resolve().parent.parent
SERVICES = DEPLOY / "lib" / "services.sh"
HOST = "hv1"


class Lab:
    def __init__(self, state, application):
        self.state = pathlib.Path(state)
        self.application = pathlib.Path(application)
        self.images = self.state / "images"
        self.environment = {**os.environ, **self._libguestfs()}
        # libvirt's own report of an error would be printed beside the exception that says the same.
        libvirt.registerErrorHandler(lambda _, __: None, None)
        self.hypervisor = libvirt.open(f"qemu+unix:///system?socket={self.state}/libvirt/run/libvirt-sock")
        self._init = self.services("contained_init", self.state, "libvirt")

    def services(self, function, *words, text=None):
        """Calls one shell function of deploy/lib and gives what it prints."""
        done = subprocess.run([SERVICES, function, *map(str, words)], input=text, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout.strip()

    def broker(self):
        where = pika.URLParameters(self.services("rabbitmq_url", self.state))
        where.heartbeat = 0  # a connection may stand idle for as long as a contender takes
        return pika.BlockingConnection(where)

    def database(self):
        connection = psycopg2.connect(self.services("postgresql_url", self.state))
        connection.autocommit = True
        return connection

    def sql_as_superuser(self, statements):
        self.services("postgresql_admin", self.state, text="\\connect cetak\nset client_min_messages = warning;\n" + statements)

    def sql(self, statement, values=()):
        """The rows of one statement, on a connection of its own."""
        connection = self.database()
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def inside(self, *words, **options):
        """Runs a program where the private libvirtd is."""
        enter = ["nsenter", "--target", self._init, "--mount", "--pid", "--ipc", "--root", f"--wd={self.state}", "--"]
        return subprocess.run([*enter, *map(str, words)], stdin=subprocess.DEVNULL, env=self.environment, **options)

    def start_worker(self, **settings):
        """Starts it anew, with further environment variables of its own."""
        lines = [f"{name}={value}\n" for name, value in settings.items()]
        (self.state / "worker.settings").write_text("".join(lines))
        self.services("worker_start", self.state, self.application)

    def stop_worker(self):
        self.services("worker_stop", self.state)

    def pid(self, service):
        """The recorded process, under which everything of the service lives."""
        return int((self.state / "run" / f"{service}.process").read_text().split()[0])

    def _libguestfs(self):
        lines = self.services("libguestfs_environment", self.state).splitlines()
        return dict(line.split("=", 1) for line in lines)
