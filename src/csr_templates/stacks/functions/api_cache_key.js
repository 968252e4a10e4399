// Viewer request, /api/*: sets X-Cache-Key, which decides whether two GETs share an answer in API Gateway's cache.
// That cache cannot tell unknown query parameters apart, so the header stands for all that an answer may depend on.
// A request whose answer may be its own gets a key that no other request has.
var crypto = require('crypto');

// Some frameworks take host, path or method from these. They are no part of the key: no answer may depend on them.
var REMOVED = ['cache-control', 'forwarded', 'x-forwarded-host', 'x-forwarded-prefix', 'x-http-method',
  'x-http-method-override', 'x-method-override', 'x-original-url', 'x-rewrite-url'];

// Cookies of Google Analytics and Meta, which mean nothing to the API. The API's cache counts each value of a Cookie
// header as another request, so they are removed. Whole names: _gateway_session is the application's own.
var ANALYTICS = /^(_ga(_.+|c_.+)?|_gid|_gat(_.+)?|_fbp|__utm[a-z]+(_.+)?)$/;

// Health, login and identity: never shared. The path has a word that begins like one of the first list, or is one of
// the second. Words begin and end at anything but a letter, anywhere in the path, so that "//", "/../", ";v=1" and
// extensions hide none. A word too many costs a cached answer; a word too few shows one user's answer to another.
var UNSHARED = new RegExp('(^|[^a-z])(' +
  '(health|heartbeat|alive|liveness|readiness|log[-_]?(in|off|on|out)|sign[-_]?(in|off|on|out|up)|authent|' +
  'authori[sz]|oauth|openid|webauthn|session|token|csrf|xsrf|nonce|captcha|password|passcode|passkey|registration|' +
  'verif(y|ication)|magic[-_]?link|who[-_]?am[-_]?i|where[-_]?am[-_]?i|my[-_]?ip|geo[-_]?(ip|locat)|' +
  'user[-_]?info|current[-_]?user|actuator|uptime|diagnos)' +
  '|(livez?|readyz?|ping|up|hc|checks?|probes?|metrics|statusz?|auth|oidc|saml|sso|jwts?|refresh|challenges?|[2m]fa|' +
  't?otp|register|magic|activate|confirm|reset|forgot|recover|cart|basket|checkout|me|my|myself|self|user|identity|' +
  'account|profile|ip|geo)' +
  '([^a-z]|$))', 'i');

// Of the headers only these may tell two answers apart.
var KEY = ['accept', 'accept-language', 'origin'];

// Other headers that browsers and proxies send with every request. The API does not see them where an answer is
// shared, or one viewer could have an answer made for all by what is in them.
var DROPPED = new RegExp('^(accept-encoding|content-type|dnt|pragma|priority|referer|save-data|' +
  'sec-(ch-.+|fetch-.+|gpc|purpose)|te|traceparent|tracestate|upgrade-insecure-requests|user-agent|' +
  'x-amzn-trace-id|x-api-key|x-cache-key|x-forwarded-for)$');

// What a function may not change. CloudFront writes it again for the origin.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
var FIXED = /^(connection|content-length|host|via|x-amz-cf-id|x-forwarded-proto)$/;

// Any header beside these may say who is asking (Authorization, Cookie, a token of the application's own), or for
// what part or under which condition: a 304 for one would be an empty answer for all.
function isShared(request) {
  if (request.method !== 'GET') {
    return false;
  }
  // This also finds a cookie called __proto__, where Object.keys does not.
  for (var name in request.cookies) {
    return false;
  }
  for (var header in request.headers) {
    if (KEY.indexOf(header) < 0 && !DROPPED.test(header) && !FIXED.test(header)) {
      return false;
    }
  }
  return isSharedPath(request.uri);
}

function isSharedPath(path) {
  // API Gateway may decode once and the application again. What is encoded three times over hides something.
  for (var times = 0; times < 3; times++) {
    var decoded;
    try {
      decoded = decodeURIComponent(path);
    } catch (malformed) {
      return false;
    }
    if (decoded === path) {
      // Also with getToken as two words.
      return !UNSHARED.test(path) && !UNSHARED.test(path.replace(/([a-z])([A-Z])/g, '$1-$2'));
    }
    path = decoded;
  }
  return false;
}

function values(header) {
  var all = header ? header.multiValue || [header] : [];
  return all.map(function (one) { return one.value; });
}

function sharedKey(request) {
  var headers = request.headers;
  // As it was sent: parsed, it loses names such as __proto__.
  var query = request.rawQueryString();
  var about = KEY.map(function (name) { return values(headers[name]); });
  var parts = JSON.stringify([request.uri, query, about]);
  return crypto.createHash('sha256').update(parts).digest('hex');
}

function handler(event) {
  var request = event.request;
  var headers = request.headers;

  REMOVED.forEach(function (name) { delete headers[name]; });
  Object.keys(request.cookies).forEach(function (name) {
    if (ANALYTICS.test(name)) {
      delete request.cookies[name];
    }
  });
  var key = event.context.requestId;
  if (isShared(request)) {
    key = sharedKey(request);
    Object.keys(headers).forEach(function (name) {
      if (DROPPED.test(name)) {
        delete headers[name];
      }
    });
  }
  // A new object: setting the value of the viewer's own header would leave its other values in place.
  headers['x-cache-key'] = { value: key };
  return request;
}
