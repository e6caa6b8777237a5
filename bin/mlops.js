#!/usr/bin/env node
// Checks the version of Node in syntax that old versions understand, hands over to the Node pinned in a checkout
// when this one is too old, and otherwise starts what is built in dist/cli/. Nothing else belongs here.
// No import before it is needed: that of a part of Node reads all there is in it.
var needed = "22.22.2 or newer in the 22 series, 24.15 or newer in the 24 series, or 26 and later";

if (isSupported(process.versions.node)) start();
else handOver();

function isSupported(version) {
  var parts = version.split(".").map(Number);
  var major = parts[0];
  var minor = parts[1];
  if (major >= 26) return true;
  if (major === 24) return minor >= 15;
  return major === 22 && (minor > 22 || (minor === 22 && parts[2] >= 2));
}

function start() {
  // Compiled code is kept between starts. A read-only or missing cache folder only costs time.
  process.getBuiltinModule("module").enableCompileCache();
  var name = programFor(process.argv.slice(2));
  var program = "../dist/cli/" + name;
  (name === "main.js" ? import(program) : loaded(program))
    .then(function (started) {
      return started.ended;
    })
    .catch(function (error) {
      if (isMissing(error, program)) {
        fail("mlops is not built yet.", "in a checkout, run: npm ci");
        return;
      }
      process.exitCode = 70;
      process.stderr.write("error: mlops could not start.\n" + (error && error.stack) + "\n");
    });
}

/** `mlops run`, which is asked for all day, and the list of commands have a file of their own; see bin/dev/build.mjs. */
function programFor(words) {
  if (words[0] === "run") return "run.cjs";
  var isHelp = words.length === 0 || words[0] === "--help" || words[0] === "-h";
  return isHelp && words.length < 2 ? "help.cjs" : "main.js";
}

/** CommonJS, without the loader of modules. */
function loaded(program) {
  return new Promise(function (resolve) {
    resolve(process.getBuiltinModule("module").createRequire(import.meta.url)(program));
  });
}

/** The program itself, rather than something that it needs. */
function isMissing(error, program) {
  if (!error) return false;
  if (error.code === "ERR_MODULE_NOT_FOUND") return String(error.url).endsWith(program.slice(2));
  return (
    error.code === "MODULE_NOT_FOUND" && String(error.message).split("\n")[0].includes(program)
  );
}

function handOver() {
  Promise.all([
    import("child_process"),
    import("fs"),
    import("os"),
    import("path"),
    import("url"),
  ]).then(function (modules) {
    spawnPinned({
      childProcess: modules[0],
      fs: modules[1],
      os: modules[2],
      path: modules[3],
      url: modules[4],
    });
  }, giveUp);

  function giveUp(error) {
    fail("mlops could not start: " + error.message, "run: npm ci");
  }

  function spawnPinned(parts) {
    var path = parts.path;
    var program = parts.url.fileURLToPath(import.meta.url);
    var name = process.platform === "win32" ? "node.exe" : "node";
    var root = path.dirname(path.dirname(program));
    var pinned = path.join(root, "node_modules", "node", "bin", name);
    if (process.env.MLOPS_HANDED_OVER || !parts.fs.existsSync(pinned)) {
      fail(
        "mlops needs Node " + needed + "; this is " + process.versions.node + ".",
        "install a current Node from https://nodejs.org, then try again",
      );
      return;
    }
    // The channel tells the new process when this one is killed, so that it never runs on alone.
    var child = parts.childProcess.spawn(
      pinned,
      process.execArgv.concat([program], process.argv.slice(2)),
      {
        stdio: ["inherit", "inherit", "inherit", "ipc"],
        env: Object.assign({}, process.env, { MLOPS_HANDED_OVER: "1" }),
      },
    );
    var signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    signals.forEach(function (signal) {
      process.on(signal, function () {
        child.kill(signal);
      });
    });
    child.on("error", giveUp);
    child.on("exit", function (code, signal) {
      if (signal === null) {
        process.exit(code);
        return;
      }
      signals.forEach(function (each) {
        process.removeAllListeners(each);
      });
      // Where this process does not die of the signal itself (Node ignores some), it still has not succeeded.
      process.exitCode = 128 + (parts.os.constants.signals[signal] || 0);
      process.kill(process.pid, signal);
    });
  }
}

function fail(message, hint) {
  process.exitCode = 3;
  process.stderr.write("error: " + message + "\nhint: " + hint + "\n");
}
