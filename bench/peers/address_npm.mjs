// Shipping lines by the parsers of npm: `node address_npm.mjs FOLDER PACKAGE`, with the folder that they are installed in.
// One object for each line of standard input, then one with the figures.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

// All lines are read again and again for so long.
const AT_LEAST_MS = 2000;
// How Livehand's benchmark is told that a parser is not installed.
const NOT_INSTALLED = 3;

const [folder, name] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));

const PARSERS = {
    "address-parse": (library) => ({
        parse: (text) => library.default.parse(text),
        // The first is the one that it trusts most; 0 and false say that it does not trust it.
        read: ([found]) => ({
            province: found.province,
            city: found.city,
            county: found.area,
            detail: found.details,
            name: found.name,
            phone: found.mobile || found.phone,
            unsure: !found.__parse,
        }),
    }),
    "address-smart-parse": (library) => ({
        parse: (text) => library.parseAddress(text),
        // One candidate, without doubts, is what it calls a unique result.
        read: (candidates) => ({
            province: candidates[0]?.province?.name,
            city: candidates[0]?.city?.name,
            county: candidates[0]?.county?.name,
            town: candidates[0]?.street?.name,
            detail: candidates[0]?.detail,
            name: candidates[0]?.name,
            phone: candidates[0]?.phone,
            unsure: candidates.length !== 1 || candidates[0].warnings.includes("LOW_CONFIDENCE"),
        }),
    }),
};

function load() {
    try {
        return PARSERS[name](require(name));
    } catch (error) {
        if (error.code === "MODULE_NOT_FOUND") process.exit(NOT_INSTALLED);
        throw error;
    }
}

const { parse, read } = load();
const lines = readFileSync(0, "utf8").split("\n").filter(Boolean);
const texts = lines.map((line) => JSON.parse(line).text);
// This is the warm-up too.
const answers = texts.map((text) => JSON.stringify(read(parse(text))));
const times = [];
const begun = performance.now();
const cpu = process.cpuUsage();
while (performance.now() - begun < AT_LEAST_MS) {
    for (const text of texts) {
        const start = performance.now();
        parse(text);
        times.push(performance.now() - start);
    }
}
const { user, system } = process.cpuUsage(cpu);
times.sort((a, b) => a - b);
const version = JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version;
const figures = {
    engine: `${name} ${version}`,
    gives_name: true,
    gives_phone: true,
    lines_per_s: (times.length / (user + system)) * 1e6,
    p50_us: times[Math.floor(times.length / 2)] * 1e3,
    p99_us: times[Math.floor(times.length * 0.99)] * 1e3,
};
console.log([...answers, JSON.stringify(figures)].join("\n"));
