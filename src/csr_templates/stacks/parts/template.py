"""The template class of the stack modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from troposphere import AWSHelperFn, AWSObject, BaseAWSObject, Parameter, Tags, Template, encode_to_dict

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
        """Update the derived parts, and return the template as plain dicts, lists and values.

        Equal to what troposphere returns, in a third of the time.
        """
        self._derive(self)
        return {**self._without_resources(), "Resources": _encoded(self.resources)}

    def for_reading(self) -> dict[str, Any]:
        """Return the same as mappings that convert a resource when it is read.

        Derived parts read a few resources; the build converts all of them later.
        """
        resources = {name: _Resource(resource) for name, resource in self.resources.items()}
        return {**self._without_resources(), "Resources": resources}

    def _without_resources(self) -> dict[str, Any]:
        sections = {
            "Description": self.description,
            "Metadata": self.metadata,
            "Conditions": self.conditions,
            "Mappings": self.mappings,
            "Outputs": self.outputs,
            "Parameters": self.parameters,
            "AWSTemplateFormatVersion": self.version,
            "Transform": self.transform,
            "Rules": self.rules,
            "Globals": self.globals,
        }
        return {name: _encoded(content) for name, content in sections.items() if content}

    def rename_resource(self, logical_id: str, new: str) -> None:
        """Change the logical ID of a resource; its position and section stay. References are not changed.

        Raises:
            KeyError: there is no resource with this logical ID.
            ValueError: another resource has the new logical ID.
        """
        if new in self.resources and new != logical_id:
            raise ValueError(f"The template has a resource {new} already.")
        self.resources[logical_id].title = new
        self.resources = {
            new if name == logical_id else name: resource for name, resource in self.resources.items()
        }
        self.sections = {new if name == logical_id else name: title for name, title in self.sections.items()}


class _Resource(Mapping[str, Any]):
    """A resource that is converted when more than its type is read."""

    def __init__(self, resource: AWSObject) -> None:
        self.resource = resource

    @cached_property
    def _converted(self) -> dict[str, Any]:
        found: dict[str, Any] = _encoded(self.resource)
        return found

    def __getitem__(self, key: str) -> Any:
        return self.resource.resource["Type"] if key == "Type" else self._converted[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._converted)

    def __len__(self) -> int:
        return len(self._converted)


def _encoded(value: Any) -> Any:
    """Return the result of troposphere's ``encode_to_dict``.

    The original converts the content of an object once for each enclosing object.
    """
    if isinstance(value, dict):
        return {name: item if type(item) is str else _encoded(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [item if type(item) is str else _encoded(item) for item in value]
    convert = getattr(type(value), "to_dict", None)
    if convert is None:
        return _encoded(value.JSONrepr()) if hasattr(value, "JSONrepr") else value  # the former is of awacs
    if convert is AWSHelperFn.to_dict:
        return _encoded(value.data)
    if convert is Tags.to_dict:
        return _encoded(value.tags)
    if convert is BaseAWSObject.to_dict and value.properties:
        if value.do_validation:
            value._validate_props()
            value.validate()
        return _encoded(value.resource)
    return encode_to_dict(value)
