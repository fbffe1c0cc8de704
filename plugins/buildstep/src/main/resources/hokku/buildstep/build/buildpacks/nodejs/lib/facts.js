// Prints what the buildpack goes by, as assignments for bash: what package.json says, and whether the Node.js that runs this is one of the
// range that it asks for. Run in the app's folder, with the path of npm, whose semver compares versions.
'use strict';
const fs = require('fs');
const path = require('path');
const crypto = require('crypto');
const npm = fs.realpathSync(process.argv[2]);

const text = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, '').trim() : '');
const word = (value) => (typeof value === 'string' ? value.trim() : '');
const object = (value) => (value && typeof value === 'object' && !Array.isArray(value) ? value : {});

function read() {
  try {
    const found = JSON.parse(text('package.json'));
    if (object(found) === found) return found;
    throw new Error('it is not an object');
  } catch (problem) {
    console.error(` !     package.json cannot be read: ${problem.message}`);
    process.exit(1);
  }
}

const app = read();
const scripts = object(app.scripts);
const has = (name) => word(scripts[name]) !== '';
const engines = object(app.engines);

// engines.node, else the files that version managers read; their words such as lts/* name no version.
function nodeRange() {
  if (word(engines.node)) return [word(engines.node), 'engines.node of package.json'];
  for (const file of ['.node-version', '.nvmrc']) {
    const version = text(file).replace(/^v/, '');
    if (/^\d+(\.\d+){0,2}$/.test(version)) return [version, file];
  }
  return ['', ''];
}

function inRange(range) {
  if (!range) return 'yes';
  const semver = require('module').createRequire(npm)('semver');
  if (semver.validRange(range) === null) return 'invalid';
  return semver.satisfies(process.version, range) ? 'yes' : 'no';
}

// A start script that is one plain command is run as it is, so that signals reach it; npm starts what needs a shell.
function web() {
  const start = word(scripts.start);
  const plain = /^[A-Za-z0-9_.\/][A-Za-z0-9_.\/=@:,$+ -]*$/.test(start) && !/: |:$|^(npm|npx|yarn|pnpm|cd|exec|source|\.) /.test(start);
  if (start) return plain && !has('prestart') && !has('poststart') ? start : 'npm start';
  for (const file of ['server.js', word(app.main), 'index.js']) {
    if (/^[A-Za-z0-9_.\/-]+\.[cm]?js$/.test(file) && fs.existsSync(file)) return `node ${file}`;
  }
  return '';
}

const groups = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'peerDependenciesMeta',
  'overrides', 'resolutions', 'pnpm', 'bundleDependencies', 'bundledDependencies', 'workspaces'];
const count = (...names) => names.reduce((sum, name) => sum + Object.keys(object(app[name])).length, 0);
// What `npm ci` runs of the app's own scripts when all packages are there; `install` brings its pre and post.
const lifecycle = [...(has('install') ? ['install'] : ['preinstall', 'postinstall']), 'prepublish', 'prepare'].filter(has);
const decides = [groups.map((name) => app[name] ?? null), lifecycle.map((name) => scripts[name])];
const local = Object.values({ ...object(app.dependencies), ...object(app.devDependencies), ...object(app.optionalDependencies) })
  .some((value) => /^(file:|link:|workspace:|\.|\/|~\/)/.test(word(value)));
const [range, rangeFrom] = nodeRange();

const facts = {
  range,
  range_from: rangeFrom,
  in_range: inRange(range),
  stack_version: process.versions.node,
  npm_version: JSON.parse(fs.readFileSync(path.join(path.dirname(npm), '../package.json'), 'utf8')).version,
  npm_range: word(engines.npm),
  package_manager: word(app.packageManager).replace(/\+.*/, ''),
  dependencies: count('dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'),
  dev_dependencies: count('devDependencies'),
  dependency_hash: crypto.createHash('sha256').update(JSON.stringify(decides)).digest('hex'),
  // Then packages are links into the source, or the app itself is compiled: node_modules of the last build is not the whole.
  linked: app.workspaces || local || fs.existsSync('pnpm-workspace.yaml') || fs.existsSync('binding.gyp') ? 'yes' : '',
  lifecycle: lifecycle.join(' '),
  before: has('heroku-prebuild') ? 'heroku-prebuild' : '',
  build: has('heroku-postbuild') ? 'heroku-postbuild' : has('build') ? 'build' : '',
  web: web(),
};
for (const [name, value] of Object.entries(facts)) console.log(`${name}='${String(value).replace(/'/g, "'\\''")}'`);
