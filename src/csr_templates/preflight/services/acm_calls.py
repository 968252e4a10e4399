"""The API call for a certificate."""

from csr_templates.preflight.calls import GlobalCall

certificate = GlobalCall(
    "acm DescribeCertificate",
    "CertificateArn",
    path="Certificate",
    keep="Status DomainName SubjectAlternativeNames NotAfter RenewalSummary",
    absent="ResourceNotFoundException",
)
"""A certificate; absent if it does not exist."""
