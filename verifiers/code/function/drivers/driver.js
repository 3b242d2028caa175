// Calls a JavaScript or TypeScript solution once and tells what came of it. The protocol is that of
// verifiers/code/function/wire.py. Nothing here is believed: it runs beside the solution and may be
// changed by it. The body of a function of (require, stdin, load, declared, spelt): `load` runs the
// solution and gives a function that finds what a name stands for in it.
const fs = require("fs");
const out = openOutput();
const exit = process.reallyExit.bind(process);
const { stringify, parse } = JSON;
const line = stdin.indexOf("\n");
const token = stdin.slice(0, line);

class Untold extends Error {
  constructor(kind, content) {
    super(kind);
    this.reply = { [kind]: content };
  }
}

function openOutput() {
  try {
    return fs.openSync("/proc/self/fd/1", "a");
  } catch {
    return 1;
  }
}

function tell(reply) {
  let rest = Buffer.from(`\n${token}${reply}\n`);
  while (rest.length) {
    try {
      rest = rest.subarray(fs.writeSync(out, rest));
    } catch (error) {
      if (error.code !== "EAGAIN") exit(1);
    }
  }
  exit(0);
}

function tellError(error) {
  if (error instanceof Untold) return tell(stringify(error.reply));
  process.stderr.write(`${(error && error.stack) || error}\n`);
  const classes = [];
  for (let each = error; each instanceof Object; each = Object.getPrototypeOf(each))
    if (each.constructor && !classes.includes(each.constructor.name))
      classes.push(String(each.constructor.name));
  const text = String((error && error.message) ?? error).slice(0, 1000);
  tell(stringify({ raised: [classes.length ? classes : [typeof error], text] }));
}

function find(solution, name) {
  return solution(spelt[name] ?? name);
}

// Linked lists and trees

const NODES = /\b(ListNode|TreeNode)\b/;
const WRAPPERS = /\b(?:List|Array)\s*[[<]|\[\]/g;

function typesOf(request, name) {
  const known = request.types[name] ?? { args: [], returns: null };
  const found = declared[name] ?? { args: [], returns: null };
  return {
    arg: (place) => known.args[place] ?? found.args[place] ?? "",
    returns: known.returns ?? found.returns ?? "",
  };
}

function decode(solution, value, type) {
  const node = NODES.exec(type);
  if (!node) return value;
  const build = node[1] === "ListNode" ? listFrom : treeFrom;
  const cls = find(solution, node[1]);
  return nested((values) => build(cls, values), value, (type.match(WRAPPERS) ?? []).length);
}

function nested(build, value, depth) {
  if (value !== null && !Array.isArray(value))
    throw new Untold("unfit", "a list or tree has to be given as a list of its values");
  if (depth === 0 || value === null) return build(value ?? []);
  return value.map((each) => nested(build, each, depth - 1));
}

function listFrom(cls, values) {
  return values.reduceRight((next, value) => Object.assign(new cls(value), { next }), null);
}

function treeFrom(cls, values) {
  if (!values.length || values[0] === null) return null;
  const root = new cls(values[0]);
  const parents = [root];
  for (let taken = 1, at = 0; at < parents.length; at++) {
    for (const side of ["left", "right"]) {
      const value = values[taken++] ?? null;
      parents[at][side] = value === null ? null : new cls(value);
      if (value !== null) parents.push(parents[at][side]);
    }
  }
  return root;
}

function listValues(head) {
  const nodes = new Set();
  for (let node = head; node; node = node.next) {
    if (nodes.has(node)) return null;
    nodes.add(node);
  }
  return [...nodes].map((node) => node.val);
}

function treeValues(root) {
  const values = [];
  const seen = new Set();
  const level = [root];
  for (let at = 0; at < level.length; at++) {
    const node = level[at];
    values.push(node ? node.val : null);
    if (!node) continue;
    if (seen.has(node)) return null;
    seen.add(node);
    level.push(node.left, node.right);
  }
  while (values.length && values[values.length - 1] === null) values.pop();
  return values;
}

// Values on their way out

function encodeAs(value, type) {
  const bare = NODES.test(type) && !type.match(WRAPPERS);
  if (bare && (value === null || value === undefined)) return '{"t":"nothing"}';
  if (NODES.test(type) && Array.isArray(value))
    return `[${value.map((each) => (each ? encode(each) : '{"t":"nothing"}')).join()}]`;
  return encode(value);
}

function encode(value) {
  switch (typeof value) {
    case "undefined":
      return "null";
    case "boolean":
    case "bigint":
      return value.toString();
    case "number":
      return Object.is(value, -0) ? "-0.0" : String(value);
    case "string":
      return stringify(value);
    case "object":
      return value === null ? "null" : encodeObject(value);
    default:
      return `{"t":"${typeof value}"}`;
  }
}

function encodeObject(value) {
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)))
    return `[${Array.from(value, encode).join()}]`;
  if (value instanceof Map) return encodePairs([...value]);
  if (value instanceof Set) return `{"t":"set","v":[${Array.from(value, encode).join()}]}`;
  if ("val" in value && "next" in value) return encodeNodes("ListNode", listValues(value));
  if ("val" in value && "left" in value) return encodeNodes("TreeNode", treeValues(value));
  const proto = Object.getPrototypeOf(value);
  if (proto === null || proto === Object.prototype) return encodePairs(Object.entries(value));
  return `{"t":${stringify(String(value.constructor?.name ?? "object"))}}`;
}

function encodeNodes(kind, values) {
  if (values === null) return `{"t":"${kind} that is met twice"}`;
  return `{"t":"${kind}","v":[${values.map(encode).join()}]}`;
}

function encodePairs(pairs) {
  const parts = pairs.map(([key, value]) => {
    const plain = ["string", "number", "boolean", "bigint"].includes(typeof key);
    return plain ? `[${encode(key)},${encode(value)}]` : null;
  });
  return parts.includes(null) ? '{"t":"Map with keys of other types"}' : `{"o":[${parts.join()}]}`;
}

// Calls

function findFunction(solution, owner, name) {
  const cls = find(solution, owner ?? "Solution");
  const plain = find(solution, name);
  const method = spelt[name] ?? name;
  if (typeof cls === "function" && (owner || typeof plain !== "function")) {
    if (typeof cls.prototype?.[method] === "function") {
      const object = new cls();
      return (...args) => object[method](...args);
    }
    if (typeof cls[method] === "function") return (...args) => cls[method](...args);
  }
  if (typeof plain !== "function") throw new Untold("missing", owner ? `${owner}.${name}` : name);
  return plain;
}

async function callOnce(solution, request) {
  const types = typesOf(request, request.name);
  const call = findFunction(solution, request.owner, request.name);
  const args = request.args.map((each, place) => decode(solution, each, types.arg(place)));
  const given = [...args];
  let result = call(...args);
  if (typeof result?.then === "function") result = await result;
  if (request.in_place === null) return encodeAs(result, types.returns);
  return encodeAs(given[request.in_place], types.arg(request.in_place));
}

async function live(solution, request) {
  const cls = find(solution, request.name);
  if (typeof cls !== "function") throw new Untold("missing", request.name);
  const results = ["null"];
  let object;
  for (const [number, name] of request.ops.entries()) {
    const types = typesOf(request, name);
    const args = request.args[number].map((each, place) =>
      decode(solution, each, types.arg(place)),
    );
    if (number === 0) {
      object = new cls(...args);
      continue;
    }
    const method = spelt[name] ?? name;
    if (typeof object[method] !== "function")
      throw new Untold("missing", `${request.name}.${name}`);
    let result = object[method](...args);
    if (typeof result?.then === "function") result = await result;
    results.push(encodeAs(result, types.returns));
  }
  return `[${results.join()}]`;
}

async function answer() {
  let solution;
  try {
    solution = load();
  } catch (error) {
    process.stderr.write(`${(error && error.stack) || error}\n`);
    throw new Untold("unloadable", [
      String(error?.name ?? typeof error),
      String(error?.message ?? error).slice(0, 1000),
    ]);
  }
  const request = parse(stdin.slice(line + 1));
  const result = await (request.ops ? live : callOnce)(solution, request);
  tell(`{"result":${result}}`);
}

answer().catch(tellError);
