"""The template class of the stack modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from troposphere import AWSObject, Parameter, Template

R = TypeVar("R", bound=AWSObject)


class StackTemplate(Template):
    """A troposphere ``Template`` with sections of resources.

    Sections have no effect on AWS: they are comments in the rendered YAML.

    Attributes:
        sections: logical ID -> title of its section, in the order in which the resources were added.
    """

    def __init__(self, description: str, derive: Callable[[StackTemplate], None] = lambda t: None) -> None:
        """Create an empty template.

        Args:
            description: its Description.
            derive: updates the parts that depend on other parts. Each ``to_dict`` calls it first.
        """
        super().__init__(Description=description)
        self._derive = derive
        self.set_version("2010-09-09")
        self.sections: dict[str, str] = {}
        self._section: str | None = None

    def parameter_groups(self, *titles: str) -> None:
        """Open groups of parameters, to show them in the console in another order than they are added."""
        groups = [{"Label": {"default": title}, "Parameters": []} for title in titles]
        self.set_metadata({"AWS::CloudFormation::Interface": {"ParameterGroups": groups}})

    def add_parameter(  # type: ignore[override]  # the base class also takes lists
        self, parameter: Parameter, label: str | None = None, group: str | None = None
    ) -> Parameter:
        """Add one parameter and return it; the console shows it in the group, under the label.

        Raises:
            ValueError: another parameter has the same logical ID.
        """
        super().add_parameter(parameter)
        if group is not None:
            self.add_parameter_to_group(parameter, group)
        if label is not None:
            self.set_parameter_label(parameter, label)
        return parameter

    def section(self, title: str) -> None:
        """Open the section ``title``: resources added from here on belong to it."""
        self._section = title

    def add_resource(self, resource: R) -> R:  # type: ignore[override]  # the base class also takes lists
        """Add one resource to the open section and return it.

        Raises:
            ValueError: another resource has the same logical ID.
        """
        super().add_resource(resource)
        if self._section is not None and resource.title is not None:
            self.sections[resource.title] = self._section
        return resource

    def to_dict(self) -> dict[str, Any]:
        """Update the derived parts, and return the template as plain dicts, lists and values."""
        self._derive(self)
        return self.for_reading()

    def for_reading(self) -> dict[str, Any]:
        """Return the same without updating the derived parts, which read it."""
        template: dict[str, Any] = super().to_dict()
        return template

    def rename_resource(self, logical_id: str, new: str) -> None:
        """Change the logical ID of a resource; its position and section stay. References are not changed.

        Raises:
            KeyError: there is no resource with this logical ID.
            ValueError: another resource has the new logical ID.
        """
        if new in self.resources and new != logical_id:
            raise ValueError(f"The template has a resource {new} already.")
        self.resources[logical_id].title = new
        names = {logical_id: new}
        self.resources = {names.get(name, name): resource for name, resource in self.resources.items()}
        self.sections = {names.get(name, name): title for name, title in self.sections.items()}
