"""llama.cpp's server for a GGUF file, on loopback, until it is ended.

    python benchmarks/llama_server.py model.gguf --slots 16

Run it with the Python of an environment that has the package xllamacpp (pip install xllamacpp): it is not
among this project's. Prints the address when the server is ready.
"""

import argparse
import signal


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gguf")
    parser.add_argument("--slots", type=int, default=16, help="answers written at the same time")
    parser.add_argument("--tokens", type=int, default=512, help="room of each, for prompt and answer")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    import xllamacpp

    settings = xllamacpp.CommonParams()
    settings.model.path = arguments.gguf
    settings.hostnames = ["127.0.0.1"]
    settings.port = 0
    settings.n_parallel = arguments.slots
    settings.n_ctx = arguments.slots * arguments.tokens
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = arguments.threads
    settings.n_gpu_layers = 0
    server = xllamacpp.Server(settings)
    print(server.listening_address, flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
