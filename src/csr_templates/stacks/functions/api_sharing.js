// For the functions of /api/*: whether two GETs may share an answer in API Gateway's cache.

// Some frameworks take host, path or method from these. They are no part of the key: no answer may depend on them.
var REMOVED = ['cache-control', 'forwarded', 'x-forwarded-host', 'x-forwarded-prefix', 'x-http-method',
  'x-http-method-override', 'x-method-override', 'x-original-url', 'x-rewrite-url'];

// Cookies of Google Analytics and Meta, which mean nothing to the API. The API's cache counts each value of a Cookie
// header as another request, so they are removed. Whole names: _gateway_session is the application's own.
var ANALYTICS = /^(_ga(_.+|c_.+)?|_gid|_gat(_.+)?|_fbp|__utm[a-z]+(_.+)?)$/;

// Health, login, identity, place and chance: never shared. The path has a word that begins like one of the first list,
// is one of the second, or contains one of the last. Words begin and end at anything but a letter, anywhere in the
// path, so that "//", "/../", ";v=1" and extensions hide none. A word too many costs a cached answer; a word too few
// shows one user's answer to another.
var UNSHARED = new RegExp('(^|[^a-z])(' +
  '(health|heartbeat|alive|liveness|readiness|log[-_]?(in|off|on|out)|sign[-_]?(in|off|on|out|up)|authent|' +
  'authori[sz]|oauth|openid|webauthn|password|passcode|passkey|registration|' +
  'verif(y|ication)|magic[-_]?link|who[-_]?am[-_]?i|where[-_]?am[-_]?i|my|geo[-_]?(ip|locat)|locat|country|countries|' +
  'region|get[-_]?(user|account|profile|cart|me([^a-z]|$))|user[-_]?info|current[-_]?user|ab[-_]?test|experiment|random|' +
  'actuator|uptime|diagnos)' +
  '|(livez?|readyz?|ping|up|hc|checks?|probes?|metrics|statusz?|auth|oidc|saml|sso|jwts?|refresh|challenges?|[2m]fa|' +
  't?otp|register|magic|activate|confirm|reset|forgot|recover|cart|basket|checkout|me|self|user|identity|' +
  'account|profile|ip|geo)' +
  '([^a-z]|$))|csrf|xsrf|token|session|captcha|nonce', 'i');

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

// Removes what the API never sees. Request and response decide alike only after it.
function removeIgnored(request) {
  REMOVED.forEach(function (name) { delete request.headers[name]; });
  Object.keys(request.cookies).forEach(function (name) {
    if (ANALYTICS.test(name)) {
      delete request.cookies[name];
    }
  });
}
