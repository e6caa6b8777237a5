import { expect, test } from "vitest";
import { parseStoreAddress } from "../../src/app/store-address.ts";
import type { StoreAddress } from "../../src/ports/blob-store.ts";

const READ: Readonly<Record<string, StoreAddress>> = {
  "/mnt/team/store": { kind: "folder", path: "/mnt/team/store" },
  "../store": { kind: "folder", path: "../store" },
  "C:\\team\\store": { kind: "folder", path: "C:\\team\\store" },
  "s3://team-data": { kind: "s3", bucket: "team-data", prefix: "" },
  "s3://team-data/churn/": { kind: "s3", bucket: "team-data", prefix: "churn/" },
  "S3://team.data//a/b": { kind: "s3", bucket: "team.data", prefix: "a/b/" },
  "gs://team_data/churn": { kind: "gs", bucket: "team_data", prefix: "churn/" },
  "https://files.example/store/": { kind: "https", url: "https://files.example/store" },
  "https://files.example": { kind: "https", url: "https://files.example" },
  "http://localhost:8080/store": { kind: "https", url: "http://localhost:8080/store" },
  "http://127.0.0.1:9000": { kind: "https", url: "http://127.0.0.1:9000" },
  "http://[::1]:9000": { kind: "https", url: "http://[::1]:9000" },
};

test.each(Object.entries(READ))("%s is one store", (location, address) => {
  expect(parseStoreAddress(location)).toEqual(address);
});

test.each([
  ["ftp://team/data", "begins with ftp:"],
  ["s3:team-data", "does not name a bucket"],
  ["s3://", "does not name a bucket"],
  ["s3://Team", "does not name a bucket"],
  ["s3://team-data/../other", "does not name a bucket"],
  ["gs://team-data/a?b", "does not name a bucket"],
  ["https://", "is no address"],
  ["http://files.example/store", "is not encrypted"],
  ["http://localhost.example/store", "is not encrypted"],
  ["http://127.0.0.1.example/store", "is not encrypted"],
  ["https://user:secret@files.example/store", "has credentials"],
  ["https://files.example/store?sig=secret", "has credentials"],
  ["https://files.example/store#part", "has credentials"],
])("%s is refused: it %s", (location, problem) => {
  const refused = ((): unknown => {
    try {
      return parseStoreAddress(location);
    } catch (error) {
      return error;
    }
  })();
  expect(refused).toMatchObject({ code: "store-kind-unsupported", exitCode: 2 });
  expect(String(refused)).toContain(problem);
  expect(String(refused)).not.toContain("secret");
});
