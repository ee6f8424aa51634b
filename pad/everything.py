"""All tables of the pads: their own, those of Etherpad's API, and those of imports."""

from pad import tables
from pad.etherpad.tables import API_TABLES
from pad.importing.tables import IMPORT_TABLES

TABLES = (*tables.TABLES, *API_TABLES, *IMPORT_TABLES)
