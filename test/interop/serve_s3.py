"""Serves S3 on this machine until its input ends; prints the address, then makes the bucket named in its arguments."""

import logging
import sys

import boto3
from moto.server import ThreadedMotoServer


def main(bucket: str) -> None:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="AKIATEST",
        aws_secret_access_key="secret-of-a-test",
    )
    client.create_bucket(Bucket=bucket)
    print(address, flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main(sys.argv[1])
