// Runs CloudFront Functions in a context with what AWS documents for the runtime cloudfront-js-2.0 and nothing else.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
//
// Each line of standard input is a job {code, event}, each line of standard output its result {value} or {error}.
// A query string and cookies arrive in the event as they were sent and are made into what CloudFront hands over.
'use strict';

const crypto = require('crypto');
const querystring = require('querystring');
const readline = require('readline');
const vm = require('vm');

const MODULES = { buffer: { Buffer }, crypto: { createHash: crypto.createHash, createHmac: crypto.createHmac }, querystring };

const GLOBALS = `
  Object String Number Math Date RegExp JSON Array ArrayBuffer DataView Promise Symbol TextDecoder TextEncoder
  Float32Array Float64Array Int8Array Int16Array Int32Array Uint8Array Uint8ClampedArray Uint16Array Uint32Array
  Error EvalError RangeError ReferenceError SyntaxError TypeError URIError
  globalThis decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN parseFloat parseInt atob btoa
  NaN Infinity undefined console require`;

const MEMBERS = {
  'Object': `create defineProperties defineProperty freeze getOwnPropertyDescriptor getOwnPropertyDescriptors
    getOwnPropertyNames getPrototypeOf isExtensible isFrozen isSealed keys preventExtensions seal assign entries values`,
  'String': 'fromCharCode fromCodePoint',
  'String.prototype': `charAt concat indexOf lastIndexOf match replace search slice split substr substring toLowerCase
    trim toUpperCase codePointAt endsWith includes repeat startsWith padStart padEnd trimStart trimEnd replaceAll`,
  'Array': 'isArray of',
  'Array.prototype': `concat every filter forEach indexOf join lastIndexOf map pop push reduce reduceRight reverse shift
    slice some sort splice unshift copyWithin fill find findIndex includes`,
  'RegExp.prototype': 'global ignoreCase multiline source sticky flags exec test toString',
};

function words(text) {
  return text.split(/\s+/).filter(Boolean);
}

function bareContext() {
  const context = vm.createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
  const inside = vm.runInContext('globalThis', context);
  for (const [path, allowed] of Object.entries(MEMBERS)) {
    const object = path.split('.').reduce((value, step) => value[step], inside);
    const kept = new Set([...words(allowed), 'constructor', 'length', 'name', 'prototype', 'toString', 'valueOf']);
    Object.getOwnPropertyNames(object).filter((name) => !kept.has(name)).forEach((name) => delete object[name]);
  }
  const kept = new Set(words(GLOBALS));
  Object.getOwnPropertyNames(inside).filter((name) => !kept.has(name)).forEach((name) => delete inside[name]);
  Object.assign(inside, { atob, btoa, TextDecoder, TextEncoder, console: { log() {} } });
  inside.require = (name) => {
    if (!Object.hasOwn(MODULES, name)) {
      throw new Error(`The runtime has no module '${name}'.`);
    }
    return MODULES[name];
  };
  return context;
}

// Runs inside the context, so that every object of the event belongs there.
const CALL = `
  (function (json) {
    var event = JSON.parse(json);
    var request = event.request;
    var raw = request.rawQueryString;
    request.rawQueryString = function () { return raw === null ? undefined : raw; };
    var cookies = {};
    request.cookies.forEach(function (one) { cookies[one[0]] = { value: one[1] }; });
    request.cookies = cookies;
    return JSON.stringify(handler(event));
  })`;

function run(job) {
  try {
    const context = bareContext();
    vm.runInContext(`'use strict';\n${job.code}`, context, { timeout: 1000 });
    const call = vm.runInContext(CALL, context);
    return { value: JSON.parse(call(JSON.stringify(job.event))) };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(`${JSON.stringify(run(JSON.parse(line)))}\n`);
});
