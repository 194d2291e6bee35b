"""Greetings and notices, and whom they reach."""

from __future__ import annotations

from deskapp.domain import campaign
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Campaigns(Repository[campaign.Campaign]):
    """Greetings and notices."""

    table, record, noun = tables.campaigns, campaign.Campaign, "campaign"


class CampaignTargets(Repository[campaign.CampaignTarget]):
    """Clients of a campaign."""

    table, record, noun = tables.campaign_targets, campaign.CampaignTarget, "campaign_target"
