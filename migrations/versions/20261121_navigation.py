"""menu links, with those that an installation begins with"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '20261121_navigation'
down_revision: str | None = '20261121_first_areas'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# The last byte of the id, text, target, icon, weight, position, access level.
SEEDED = (
    (1, 'Home', 'home', 'home', 100, 'navbar', 0),
    (2, 'Library', 'library', 'book', 90, 'navbar', 0),
    (3, 'Articles', 'articles', 'pen', 80, 'navbar', 0),
    (4, 'Map', 'map', 'map', 70, 'navbar', 0),
    (5, 'Jukebox', 'jukebox', 'music', 60, 'navbar', 0),
    (6, 'Log in', 'login', 'sign-in', 20, 'navbar', -1),
    (7, 'Register', 'register', 'user-plus', 10, 'navbar', -1),
    (8, 'My books', 'my-books', 'bookmark', 50, 'navbar', 1),
    (9, 'Contact', 'contact', 'envelope', 40, 'navbar', 1),
    (10, 'Admin', 'admin', 'cog', 30, 'navbar', 2),
    (11, 'Dashboard', 'admin-dashboard', 'gauge', 90, 'adminNavbar', 2),
    (12, 'Control panel', 'admin-control-panel', 'sliders', 80, 'adminNavbar', 2),
    (13, 'Activity', 'admin-activity', 'list', 70, 'adminNavbar', 2),
    (14, 'Back to the site', 'home', 'arrow-left', 0, 'adminFooter', 2),
    (15, 'talelio', 'home', None, 0, 'header', 0),
    (16, 'Book', 'book', None, 0, 'hidden', 0),
)


def upgrade() -> None:
    table = op.create_table(
        'menu_link', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False), sa.Column('target',
                                                                sa.Text(),
                                                                nullable=False),
        sa.Column('icon', sa.Text(), nullable=True),
        sa.Column('weight', sa.Integer(), nullable=False),
        sa.Column('position', sa.String(length=20), nullable=False),
        sa.Column('access_level', sa.Integer(), nullable=False),
        sa.Column('search', sa.Text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('access_level BETWEEN -1 AND 2',
                           name=op.f('ck_menu_link_access_level')),
        sa.CheckConstraint(
            "position IN ('navbar', 'header', 'footer', 'hidden', 'adminNavbar', 'adminFooter')",
            name=op.f('ck_menu_link_position')),
        sa.CheckConstraint('weight BETWEEN 0 AND 100', name=op.f('ck_menu_link_weight')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_menu_link')))
    now = sa.func.now()
    for number, text, target, icon, weight, position, level in SEEDED:
        op.execute(
            sa.insert(table).values(id=f'019e0000-0000-7000-8000-0000000000{number:02x}',
                                    text=text,
                                    target=target,
                                    icon=icon,
                                    weight=weight,
                                    position=position,
                                    access_level=level,
                                    search=f'{text}\n{target}'.lower(),
                                    version=1,
                                    created_at=now,
                                    updated_at=now))


def downgrade() -> None:
    op.drop_table('menu_link')
