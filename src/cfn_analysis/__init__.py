"""Analysis of CloudFormation templates: lint rules, effects of updates, and reviews of deploys."""
