"""What a deployer takes beside the templates: policies, parameters, deployment files."""
