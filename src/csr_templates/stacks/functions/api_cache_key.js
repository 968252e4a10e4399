// Viewer request, /api/*: sets X-Cache-Key, which decides whether two GETs share an answer in API Gateway's cache.
// That cache cannot tell unknown query parameters apart, so the header stands for all that an answer may depend on.
// A request whose answer may be its own gets a key that no other request has.
var crypto = require('crypto');

// Some frameworks take host, path or method from these. They are no part of the key: no answer may depend on them.
var REMOVED = ['cache-control', 'forwarded', 'x-forwarded-host', 'x-forwarded-prefix', 'x-http-method',
  'x-http-method-override', 'x-method-override', 'x-original-url', 'x-rewrite-url'];

// Is it alive, and who am I: never shared.
var UNSHARED = /\/(health|healthz|live|livez|ready|readyz|ping|status|auth|oauth2?|login|logout|session|token|me)(\/|$)/i;

// What browsers send with every request. Any other header may say who is asking (Authorization, Cookie, a token of
// the application's own), or for what part or under which condition: a 304 for one would be an empty answer for all.
var HARMLESS = new RegExp('^(accept(-encoding|-language)?|connection|content-(length|type)|dnt|host|origin|pragma|' +
  'priority|referer|save-data|sec-.+|te|traceparent|tracestate|upgrade-insecure-requests|user-agent|via|' +
  'x-amz-cf-id|x-amzn-trace-id|x-api-key|x-cache-key|x-forwarded-(for|proto))$');

function isShared(request) {
  // This also finds a cookie called __proto__, where Object.keys does not.
  for (var name in request.cookies) {
    return false;
  }
  for (var header in request.headers) {
    if (!HARMLESS.test(header)) {
      return false;
    }
  }
  try {
    return !UNSHARED.test(decodeURIComponent(request.uri));
  } catch (malformed) {
    return false;
  }
}

function values(header) {
  var all = header ? header.multiValue || [header] : [];
  return all.map(function (one) { return one.value; });
}

function sharedKey(request) {
  var headers = request.headers;
  // As it was sent: parsed, it loses names such as __proto__.
  var query = request.rawQueryString();
  var about = [headers.accept, headers['accept-language'], headers.origin].map(values);
  var parts = JSON.stringify([request.uri, query, about]);
  return crypto.createHash('sha256').update(parts).digest('hex');
}

function handler(event) {
  var request = event.request;
  var headers = request.headers;

  REMOVED.forEach(function (name) { delete headers[name]; });
  // A new object: setting the value of the viewer's own header would leave its other values in place.
  headers['x-cache-key'] = { value: isShared(request) ? sharedKey(request) : event.context.requestId };
  return request;
}
