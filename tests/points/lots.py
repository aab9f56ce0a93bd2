"""Members whom the lot of a trial draws as a test needs them."""

from members.models import Company
from points import trials


def draw(rule, member, wanted, percent=50):
    """Gives the member one company after another until the lot of the rule's trial puts them into the wanted group."""
    for number in range(100):
        company = Company.objects.create(name=f"{member.handle} {number}")
        if trials.arm_of(rule.pk, percent, trials.unit_of(member.pk, company.pk)) == wanted:
            break
    member.company = company
    member.save(update_fields=["company"])
