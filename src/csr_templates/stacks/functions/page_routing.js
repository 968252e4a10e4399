// Viewer request, pages: leads from the address of a page to its file. Behind CloudFront S3 knows no index
// documents.
//
// The template puts a line in front of this that sets SITE_ROUTING. With "directory", for a site with one HTML file
// per page, "/a" and "/a/" lead to "/a/index.html". With "spa", for a site that decides in the browser what to show,
// every page leads to the one HTML file.
function handler(event) {
  var request = event.request;
  var uri = request.uri;

  // Files for other systems may have no extension, and a bare "/api" is a mistake and not a page: a 404.
  if (/^\/\.well-known(\/|$)/.test(uri) || uri === '/api') {
    return request;
  }
  // No extension, whatever dots the folders have.
  if (!/\.[A-Za-z0-9]+$/.test(uri)) {
    request.uri = SITE_ROUTING === 'spa' ? '/index.html' : uri.replace(/\/?$/, '/index.html');
  }
  return request;
}
