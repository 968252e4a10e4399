// Viewer response, the site: what a browser may keep.
function handler(event) {
  var response = event.response;
  var headers = response.headers;
  var type = headers['content-type'] ? headers['content-type'].value : '';

  // A 404 that is met during an upload must not stay for a year.
  if (response.statusCode >= 400) {
    return response;
  }
  // Here another content has another file name: one year. All else is asked for each time, which costs a 304 if it
  // has not changed; other files may say otherwise when it is uploaded.
  if (/^\/(_next\/)?static\//.test(event.request.uri)) {
    headers['cache-control'] = { value: 'public, max-age=31536000, immutable' };
  } else if (/^text\/html/i.test(type) || !headers['cache-control']) {
    headers['cache-control'] = { value: 'no-cache' };
  }
  return response;
}
