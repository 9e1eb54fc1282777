"""A receiver of OTLP over HTTP that reads what comes and forgets it: telemetry_receiver.py PORT. Says at the end how many bodies and bytes it was."""

import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

received = {"bodies": 0, "bytes": 0}


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                self.rfile.read(size + 2)
                received["bytes"] += size
            self.rfile.readline()
        else:
            received["bytes"] += len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        received["bodies"] += 1
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def finish(*_):
    print(f"received {received['bodies']} bodies, {received['bytes']} bytes", flush=True)
    sys.exit(0)


signal.signal(signal.SIGTERM, finish)
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
