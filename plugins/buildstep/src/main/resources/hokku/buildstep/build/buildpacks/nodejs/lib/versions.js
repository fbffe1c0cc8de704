// Compares versions as npm does: with npm's own semver, found from the npm that is named.
//   satisfies VERSION RANGE   ends with 0 or 1; with 2 if the range is none
//   highest RANGE             prints the highest of the versions on standard input (JSON) within the range
'use strict';
const fs = require('fs');
const [npm, question, ...words] = process.argv.slice(2);
const semver = require('module').createRequire(fs.realpathSync(npm))('semver');

if (semver.validRange(words[words.length - 1]) === null) process.exit(2);
if (question === 'satisfies') process.exit(semver.satisfies(words[0], words[1]) ? 0 : 1);
const versions = [].concat(JSON.parse(fs.readFileSync(0, 'utf8').trim() || '[]'));
console.log(semver.maxSatisfying(versions, words[0]) || '');
