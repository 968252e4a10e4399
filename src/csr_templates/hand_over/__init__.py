"""Files for the deploy in addition to the templates: policies, parameters, deployment files."""
