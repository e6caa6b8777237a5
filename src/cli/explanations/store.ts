import type { Explanation } from "./explanation.ts";

/** What can go wrong with the store that a team shares: `store:` in the settings. */
export const storeExplanations: Readonly<Record<string, Explanation>> = {
  "store-kind-unsupported": {
    what: "store: names neither a folder nor an address that begins with s3://, gs:// or https://, or one that says more or less than where the store is.",
    why: "A store that is guessed could be somebody else's. Without encryption only this machine is spoken to, because a token travels along. Credentials and search words are no part of an address: it is committed.",
    example:
      "store: ftp://team/data   # or http://files.example/store, https://user:secret@files.example/store",
    fix: "Write a folder, s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or https://HOST/PATH. Credentials come from the environment.",
  },
  "store-unreachable": {
    what: "The store that store: names is not there, does not answer, or broke off again and again.",
    why: "A drive that is not mounted would become an empty folder that nobody shares, and a blob of which half arrived is no blob.",
    example: "store: /mnt/team/store   # not mounted\nstore: s3://taem-data   # no such bucket",
    fix: "Mount the folder or make it once by mkdir -p; check the address and the network. Then run the command again: what had arrived is not sent again.",
  },
  "store-denied": {
    what: "The store does not let you do this: credentials are missing, expired or not allowed to.",
    why: "Whether a blob is there cannot be told from whether you may know, so nothing is taken as missing.",
    example: "mlops datasets fetch   # without AWS_ACCESS_KEY_ID, or with a token that expired",
    fix: "s3:// takes the credentials that the AWS tools take (environment, ~/.aws, the machine's role) and needs s3:GetObject and s3:ListBucket, to push also s3:PutObject and s3:AbortMultipartUpload. gs:// takes Google's application default credentials (gcloud auth application-default login). https:// sends MLOPS_STORE_TOKEN as a bearer token.",
  },
  "store-read-only": {
    what: "The store can be read and takes nothing.",
    why: "Many web servers only give; to record what nobody else can fetch would be a promise that is not kept.",
    example: "store: https://files.example/store   # answers PUT with 405 Method Not Allowed",
    fix: "Push to the folder or bucket behind it, or let the server take PUT below blobs/ (nginx: dav_methods PUT; create_full_put_path on).",
  },
  "store-refused": {
    what: "The store answered with something that asking again does not mend.",
    why: "Neither did it take or send the blob, nor is it known to lack it.",
    example: "413 Content Too Large for a model of 8 GB",
    fix: "The message says what the store answered: whoever looks after it knows its limits.",
  },
  "digest-mismatch": {
    what: "The bytes that came do not match their digest. They were thrown away.",
    why: "A model or data set that is not what was recorded would be silently wrong.",
    example: "a disk error on the server, or somebody replaced blobs/3f/3f8a21… by hand",
    fix: "Remove the object that the message names from the store, and push again where the bytes are whole.",
  },
  "blob-missing": {
    what: "The store that should have the bytes does not.",
    why: "The digest alone says what they were, not what is in them.",
    example: "mlops models pull   # before whoever made the model pushed it",
    fix: "Push from where it was made. If the project's own store lacks it, run the pipeline again or bring the data back.",
  },
};
