// Builds everything that a browser needs into static/build: styles, scripts, the font and the barcode reader.
// The result depends only on the sources and on package-lock.json, so that two builds are the same, byte for byte.
// It is made aside and moved into place file by file: a failed build leaves the last good one as it was.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";
import subsetFont from "subset-font";
import { icon } from "./icons.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.resolve(here, "../static/build");
const out = path.resolve(here, `../node_modules/.tinkuy-build-${process.pid}`);
const require = createRequire(import.meta.url);

const ASCII = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
// Spanish, the European letters met in names, and the typography that dates, times and figures use.
const LATIN = `${ASCII}\u00a0¡¿ªº°§©«»·±×ÁÀÂÃÄÅÇÉÈÊËÍÌÎÏÑÓÒÔÕÖØÚÙÛÜÝáàâãäåçéèêëíìîïñóòôõöøúùûüýßʼ–—‘’“”•…‹›\u202f\u2009−€`;
// Letters of native languages that the Latin file lacks; fetched only by a page that shows one of them.
const NATIVE = "ĀāĒēĨĩĪīŃńŌōŨũŪūƗɨŠšŽžŊŋẼẽỸỹ";
// Kerning, accents over letters, and figures of one width for tables.
const FEATURES = ["kern", "mark", "ccmp", "tnum"];
const WEIGHTS = { wght: { min: 400, max: 800 } };
const FONTS = [
  { name: "inter.woff2", source: "inter-latin-wght-normal.woff2", text: LATIN },
  { name: "inter-native.woff2", source: "inter-latin-ext-wght-normal.woff2", text: NATIVE },
];

async function buildFont({ name, source, text }) {
  const file = require.resolve(`@fontsource-variable/inter/files/${source}`);
  const font = await subsetFont(await readFile(file), text, {
    targetFormat: "woff2",
    variationAxes: WEIGHTS,
    keepFeatures: FEATURES,
    noHinting: true,
  });
  await writeFile(path.join(out, name), font);
  const version = createHash("sha256").update(font).digest("hex").slice(0, 10);
  return { name, url: `${name}?v=${version}` };
}

/** Styles name a font plainly; the built ones carry its hash, so that it may be cached for ever. */
function versionedFonts(fonts) {
  return {
    name: "versioned-fonts",
    setup(build) {
      build.onResolve({ filter: /^\.\/inter.*\.woff2$/ }, ({ path: asked }) => {
        const font = fonts.find(({ name }) => `./${name}` === asked);
        return { path: `./${font.url}`, external: true };
      });
    },
  };
}

async function entriesOf(folder, extension) {
  const names = await readdir(path.join(here, folder)).catch(() => []);
  return names.filter((name) => name.endsWith(extension)).sort().map((name) => path.join(here, folder, name));
}

async function bundle(entryPoints, plugins = []) {
  const { metafile } = await esbuild.build({
    entryPoints,
    outdir: out,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2020", "chrome90", "firefox90", "safari15"],
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    plugins,
  });
  return Object.keys(metafile.outputs).map((name) => path.basename(name));
}

async function drawIcons(sizes) {
  await Promise.all(sizes.map((size) => writeFile(path.join(out, `door-${size}.png`), icon(size))));
  return sizes.map((size) => `door-${size}.png`);
}

async function copyInto(files) {
  await Promise.all(files.map((file) => copyFile(file, path.join(out, path.basename(file)))));
  return files.map((file) => path.basename(file));
}

/** Lay a compressed copy beside each text and the reader: the web server hands it to whoever accepts one. */
async function compress(names) {
  const chosen = names.filter((name) => /\.(css|js|svg|wasm)$/.test(name));
  await Promise.all(
    chosen.map(async (name) => {
      const file = path.join(out, name);
      await writeFile(`${file}.gz`, gzipSync(await readFile(file), { level: 9 }));
    }),
  );
  return chosen.map((name) => `${name}.gz`);
}

async function moveIntoPlace(names) {
  await mkdir(target, { recursive: true });
  await Promise.all(names.map((name) => rename(path.join(out, name), path.join(target, name))));
  const stale = (await readdir(target)).filter((name) => !names.includes(name));
  await Promise.all(stale.map((name) => rm(path.join(target, name), { recursive: true })));
}

async function build() {
  const fonts = await Promise.all(FONTS.map(buildFont));
  const built = await Promise.all([
    bundle(await entriesOf("css/entries", ".css"), [versionedFonts(fonts)]),
    bundle(await entriesOf("js/entries", ".js")),
    copyInto(await entriesOf("img", ".svg")),
    drawIcons([180, 192, 512]),
    // The reader's own package is a dependency of barcode-detector, so it is looked up from there.
    copyInto([createRequire(require.resolve("barcode-detector")).resolve("zxing-wasm/reader/zxing_reader.wasm")]),
  ]);
  const names = [...fonts.map(({ name }) => name), ...built.flat()];
  await moveIntoPlace([...names, ...(await compress(names))]);
}

await mkdir(out, { recursive: true });
try {
  await build();
} finally {
  await rm(out, { recursive: true });
}
