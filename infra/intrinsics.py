"""Words of CloudFormation that several parts of the template say."""


def arn_of(logical_id: str) -> dict[str, list[str]]:
    """Refer to a resource of the template by its ARN."""
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def sub(text: str) -> dict[str, str]:
    """Fill in the `${…}` of a text when the stack is made."""
    return {"Fn::Sub": text}
