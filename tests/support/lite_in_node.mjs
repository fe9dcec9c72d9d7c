// Runs a workbook's own code in CPython compiled for browsers, as xlwings Lite does, and tries an installation there.
// Standard input, as JSON: the folder of the npm package pyodide, folders to offer to Python, and the Python to run,
// which gets the texts of "given" as a dictionary and leaves its answer, a text, in "answer".
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const asked = JSON.parse(readFileSync(0, "utf-8"));
const { loadPyodide } = await import(pathToFileURL(asked.pyodide + "/pyodide.mjs"));
const since = performance.now();
const python = await loadPyodide();
const started = (performance.now() - since) / 1000;
for (const [place, folder] of Object.entries(asked.folders)) python.mountNodeFS(place, folder);
python.globals.set("given", python.toPy(asked.given));
await python.runPythonAsync(asked.run);
console.log(JSON.stringify({ started, answer: python.globals.get("answer") }));
