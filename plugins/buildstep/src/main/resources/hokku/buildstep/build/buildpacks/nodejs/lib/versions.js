// Compares versions as npm does: with npm's own semver, found from the npm that is named.
//   satisfies VERSION RANGE   ends with 0 or 1
//   highest RANGE             prints the highest of the versions on standard input (JSON) within the range
'use strict';
const fs = require('fs');
const [npm, question, ...words] = process.argv.slice(2);
const semver = require('module').createRequire(fs.realpathSync(npm))('semver');

if (question === 'satisfies') process.exit(semver.satisfies(words[0], words[1]) ? 0 : 1);
const versions = [].concat(JSON.parse(fs.readFileSync(0, 'utf8').trim() || '[]'));
console.log(semver.maxSatisfying(versions, words[0]) || '');
