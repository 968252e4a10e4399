"""What the drift detection of CloudFormation is known to report without a change."""

from typing import Final

NOT_RETURNED: Final = [("/PerformanceInsightsKMSKeyId", "REMOVE")]
"""Path and type of the difference of an instance without Performance Insights, whose key RDS does not return.
"""
COMPARED: Final = ("IN_SYNC", "MODIFIED", "DELETED")
"""The statuses of a resource that was compared. NOT_CHECKED, UNKNOWN and UNSUPPORTED are no result, and a
resource that is not listed was not compared.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackResourceDrift.html"""
