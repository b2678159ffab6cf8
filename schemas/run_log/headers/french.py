"""French headers. Not here, because logs mean other things by them: nom, passage, quantité, partie."""

from schemas.run_log.headers.table import table

FRENCH = table(
    supplier_reference_id="""
        N° de lot | Lot | Numéro de lot | Numéro du lot | N° du lot | N° lot | Lot n° | Référence du lot
        Référence de lot | Référence lot | Réf. lot | Réf. du lot | Référence | Réf. | Identifiant du lot
        Identifiant de lot | Identifiant lot | ID du lot | ID de lot | ID lot | Code lot | Code du lot
        Batch | N° de batch | Lot de production | N° de lot de production
    """,
    facility="""
        Four | Réacteur | Installation | Usine | Site | Site de production | Unité de production
        Unité de pyrolyse | Installation de pyrolyse | Four de pyrolyse | Pyrolyseur | Nom du four
        N° de four | N° du four | Nom du site | Nom de l'installation | Réacteur de pyrolyse
    """,
    feedstock="""
        Matière première | Matières premières | Intrant | Intrants | Biomasse | Type de biomasse
        Nature de la biomasse | Type d'intrant | Type de matière première
    """,
    started_at="""
        Début | Début de production | Début de la production | Début de pyrolyse | Début de la pyrolyse
        Début pyrolyse | Début production | Début du lot | Date et heure de début | Date/heure de début
        Date heure début | Date et heure du début | Horodatage de début
    """,
    started_date="Date de début | Date début | Date du début | Début date",
    started_time="Heure de début | Heure début | Heure du début | Début heure",
    ended_at="""
        Fin | Fin de production | Fin de la production | Fin de pyrolyse | Fin de la pyrolyse
        Fin pyrolyse | Fin production | Fin du lot | Date et heure de fin | Date/heure de fin
        Date heure fin | Horodatage de fin
    """,
    ended_date="Date de fin | Date fin | Date de la fin | Fin date",
    ended_time="Heure de fin | Heure fin | Heure de la fin | Fin heure",
    mass="""
        Masse de biochar | Biochar | Masse biochar | Masse du biochar | Poids de biochar | Poids biochar
        Poids du biochar | Biochar produit | Quantité de biochar | Quantité biochar
        Production de biochar | Masse | Poids | Poids net | Masse nette
    """,
    mass_unit="Unité | Unités | Unité de masse | Unité de poids | Unité de mesure",
    mass_standard_deviation="""
        Écart-type | Écart-type de la masse | Écart-type masse | Écart-type sur la masse
    """,
    display_name="Nom du lot | Nom de lot | Nom d'affichage | Nom affiché",
)
